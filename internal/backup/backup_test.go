package backup_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/favord/favord/internal/backup"
	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/platform/keyring"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/sqlitestore"
	"github.com/favord/favord/internal/store/sqlitetest"
	"github.com/favord/favord/internal/store/storetest"
)

// open opens the database of a new data directory, with its key.
func openDatabase(t *testing.T, dir string) *sqlitestore.Store {
	t.Helper()
	s, err := sqlitestore.Open(t.Context(), sqlitestore.Options{Path: sqlitetest.Put(t, dir), Mode: store.Sandbox})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	sealer, err := keyring.MakeSealer(t.Context(), s, filepath.Join(dir, "kek"))
	if err == nil {
		err = keyring.New(s, clock.System{}, sealer).Adopt(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	storetest.OpenShop(t, s, coupon.Limits{MaxCoupons: 5, MaxPerUser: 1})
	return s
}

func create(t *testing.T, dir, to string) backup.Made {
	t.Helper()
	made, err := backup.Create(t.Context(), backup.Order{DataDir: dir, To: to, Version: "test", Clock: clock.System{}})
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func TestABackupOfADatabaseInUseIsRestoredWhole(t *testing.T) {
	t.Parallel()
	dir, kept, again := t.TempDir(), t.TempDir(), filepath.Join(t.TempDir(), "data")
	s := openDatabase(t, dir) // and stays open
	made := create(t, dir, kept)
	if !strings.HasPrefix(filepath.Base(made.Path), "favord-") || made.Rows["stock"] != 1 || len(made.Keys) != 1 {
		t.Errorf("made %+v", made)
	}
	trial := backup.Trial{TempDir: t.TempDir(), KeyFile: filepath.Join(dir, "kek"), Clock: clock.System{}}
	_, list, err := backup.Verify(t.Context(), made.Path, trial)
	if err != nil || len(list) == 0 {
		t.Fatalf("%d invariants, %v", len(list), err)
	}
	place := backup.Place{DataDir: again, Keys: backup.Keys{KeyFile: filepath.Join(again, "kek"), DataDir: again}}
	if _, err := backup.Restore(t.Context(), made.Path, place); err != nil {
		t.Fatal(err)
	}
	was, err := sqlitestore.Inspect(t.Context(), filepath.Join(again, "favord.db"))
	if err != nil || was.Schema != made.Schema || was.Rows["stock"] != 1 {
		t.Errorf("restored %+v, %v", was, err)
	}
	if _, err := backup.Restore(t.Context(), made.Path, place); !isRefusal(err, "favord.db is there already") {
		t.Errorf("over what is there: %v", err)
	}
	if err := s.Ready(t.Context()); err != nil {
		t.Error(err)
	}
	mustBeEmptyOf(t, again, ".favord")
	mustBeEmptyOf(t, kept, ".favord")
}

// isRefusal reports one clear sentence, in both languages, that has a text in English.
func isRefusal(err error, text string) bool {
	refusal, is := errors.AsType[*fault.Error](err)
	return is && refusal.Kind == fault.Refused && refusal.Text.ZH != "" && strings.Contains(refusal.Text.EN, text)
}

func mustBeEmptyOf(t *testing.T, dir, prefix string) {
	t.Helper()
	left, err := filepath.Glob(filepath.Join(dir, prefix+"*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left in %s: %v, %v", dir, left, err)
	}
}

func TestWhatIsNoBackupIsRefusedAndChangesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	openDatabase(t, dir)
	good := create(t, dir, filepath.Join(t.TempDir(), "good.tar.gz")).Path
	text, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	broken := bytes.Clone(text)
	broken[len(broken)/2] ^= 1
	for name, c := range map[string]struct {
		content []byte
		says    string
	}{
		"foreign":   {[]byte("no archive at all"), "is no backup of favord"},
		"empty":     {nil, "is no backup of favord"},
		"other tar": {repack(t, text, func(m map[string]any) { m["program"] = "other" }), "is no backup of favord"},
		"cut off":   {text[:len(text)-200], "is cut off or damaged"},
		"cut early": {text[:40], "is cut off or damaged"},
		"broken":    {broken, "is cut off or damaged"},
		"newer":     {repack(t, text, func(m map[string]any) { m["format"] = backup.Format + 1 }), "made by a newer release"},
		"schema":    {repack(t, text, func(m map[string]any) { m["schema"] = 10_000 }), "has schema 10000"},
		"counts":    {repack(t, text, func(m map[string]any) { m["rows"].(map[string]any)["stock"] = 7 }), "the manifest says 7"},
		"other bytes": {
			repack(t, text, func(m map[string]any) { m["files"].([]any)[0].(map[string]any)["sha256"] = strings.Repeat("0", 64) }),
			"is cut off or damaged",
		},
		"other file": {
			repack(t, text, func(m map[string]any) { m["files"].([]any)[0].(map[string]any)["name"] = "../x" }), "is no backup of favord",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path, into, temp := filepath.Join(t.TempDir(), "backup"), t.TempDir(), t.TempDir()
			if err := os.WriteFile(path, c.content, 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := backup.Restore(t.Context(), path, backup.Place{DataDir: into}); !isRefusal(err, c.says) {
				t.Errorf("restore: %v", err)
			}
			if _, _, err := backup.Verify(t.Context(), path, backup.Trial{TempDir: temp}); !isRefusal(err, c.says) {
				t.Errorf("verify: %v", err)
			}
			mustBeEmptyOf(t, into, "")
			mustBeEmptyOf(t, temp, "")
		})
	}
}

// repack changes the manifest of an archive.
func repack(t *testing.T, text []byte, change func(m map[string]any)) []byte {
	t.Helper()
	compressed, err := gzip.NewReader(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	var packed bytes.Buffer
	out := gzip.NewWriter(&packed)
	from, to := tar.NewReader(compressed), tar.NewWriter(out)
	for {
		h, err := from.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		content, errRead := io.ReadAll(from)
		if err = errors.Join(err, errRead); err == nil && h.Name == "manifest.json" {
			m := map[string]any{}
			err = json.Unmarshal(content, &m)
			change(m)
			content, _ = json.Marshal(m) //nolint:errchkjson // it was read from JSON
			h.Size = int64(len(content))
		}
		if err == nil {
			_, errWrite := to.Write(nil)
			err = errors.Join(errWrite, to.WriteHeader(h))
		}
		if err == nil {
			_, err = to.Write(content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(to.Close(), out.Close()); err != nil {
		t.Fatal(err)
	}
	return packed.Bytes()
}

func TestAKeyThatDoesNotFitIsRefused(t *testing.T) {
	t.Parallel()
	dir, into := t.TempDir(), t.TempDir()
	openDatabase(t, dir)
	path := create(t, dir, filepath.Join(t.TempDir(), "backup.tar.gz")).Path
	foreign := filepath.Join(t.TempDir(), "foreign")
	if err := os.WriteFile(foreign, []byte(strings.Repeat("ab", 32)), 0o600); err != nil {
		t.Fatal(err)
	}
	const says = "does not open the secrets of this database"
	place := backup.Place{DataDir: into, Keys: backup.Keys{KeyFile: foreign}}
	if _, err := backup.Restore(t.Context(), path, place); !isRefusal(err, says) {
		t.Errorf("restore: %v", err)
	}
	mustBeEmptyOf(t, into, "")
	if _, _, err := backup.Verify(t.Context(), path, backup.Trial{KeyFile: foreign, Clock: clock.System{}}); !isRefusal(err, says) {
		t.Errorf("verify: %v", err)
	}
}

func TestKeysAreCopiedOnlyWhenAskedAndNeverBesideTheBackup(t *testing.T) {
	t.Parallel()
	dir, kept := t.TempDir(), t.TempDir()
	openDatabase(t, dir)
	keys := backup.Keys{KeyFile: filepath.Join(dir, "kek"), DataDir: dir}
	order := backup.Order{DataDir: dir, To: filepath.Join(kept, "backup.tar.gz"), Clock: clock.System{}, Keys: keys, KeysTo: kept}
	if _, err := backup.Create(t.Context(), order); !isRefusal(err, "not put into the directory of the backup") {
		t.Errorf("beside the backup: %v", err)
	}
	order.KeysTo = filepath.Join(t.TempDir(), "keys")
	if _, err := backup.Create(t.Context(), order); err != nil {
		t.Fatal(err)
	}
	again := filepath.Join(t.TempDir(), "data")
	place := backup.Place{DataDir: again, Keys: backup.Keys{KeyFile: filepath.Join(again, "kek"), DataDir: again}, KeysFrom: order.KeysTo}
	if _, err := backup.Restore(t.Context(), order.To, place); err != nil {
		t.Fatal(err)
	}
	was, errWas := os.ReadFile(filepath.Join(dir, "kek"))
	is, errIs := os.ReadFile(filepath.Join(again, "kek"))
	if err := errors.Join(errWas, errIs); err != nil || !bytes.Equal(was, is) {
		t.Errorf("the key came back as another: %v", err)
	}
	// Without a backup there is no copy of the keys either.
	order.To, order.KeysTo = filepath.Join(t.TempDir(), "no", "place.tar.gz"), filepath.Join(t.TempDir(), "keys")
	if _, err := backup.Create(t.Context(), order); !isRefusal(err, "no directory for it") {
		t.Errorf("to nowhere: %v", err)
	}
	if _, err := os.Stat(order.KeysTo); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the keys stayed: %v", err)
	}
}

func TestNothingIsBackedUpFromNowhere(t *testing.T) {
	t.Parallel()
	kept := t.TempDir()
	order := backup.Order{DataDir: t.TempDir(), To: kept, Clock: clock.System{}}
	if _, err := backup.Create(t.Context(), order); !isRefusal(err, "There is no database") {
		t.Error(err)
	}
	other := t.TempDir()
	if err := os.WriteFile(filepath.Join(other, "favord.db"), []byte("something else, and long enough"), 0o600); err != nil {
		t.Fatal(err)
	}
	order.DataDir = other
	if _, err := backup.Create(t.Context(), order); !isRefusal(err, "is no favord database") {
		t.Error(err)
	}
	mustBeEmptyOf(t, kept, "")
	order.To = filepath.Join(kept, "backups") // meant as a directory
	if _, err := backup.Create(t.Context(), order); !isRefusal(err, "There is no directory") {
		t.Error(err)
	}
	mustBeEmptyOf(t, kept, "")
}

func TestRulesOfRetentionKeepTheNewestOfEachPeriod(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 29, 4, 0, 0, 0, time.UTC) // a Sunday at noon in Beijing
	var list []backup.Entry
	for hours := 0; hours < 24*70; hours += 12 {
		list = append(list, backup.Entry{Mark: now.Add(-time.Duration(hours) * time.Hour)})
	}
	list = append(list, backup.Entry{Err: errors.New("unreadable")})
	for _, c := range []struct {
		keep backup.Keep
		stay int
	}{
		{backup.Keep{Last: 3}, 3},
		{backup.Keep{Daily: 7}, 7},
		{backup.Keep{Last: 2, Daily: 7}, 8},      // both of today's, and six days
		{backup.Keep{Weekly: 4}, 4},              // Sundays
		{backup.Keep{Daily: 7, Weekly: 4}, 10},   // this week is Monday to today: three Sundays before
		{backup.Keep{Monthly: 12}, 3},            // September, October, November
		{backup.Keep{Last: 1000}, len(list) - 1}, // all that can be read
	} {
		gone, err := c.keep.Prune(list)
		if stay := len(list) - 1 - len(gone); err != nil || stay != c.stay {
			t.Errorf("%+v keeps %d, want %d, %v", c.keep, stay, c.stay, err)
		}
	}
	for _, wrong := range []backup.Keep{{}, {Last: -1}, {Last: 1, Daily: -3}} {
		if _, err := wrong.Prune(list); !isRefusal(err, "how many to keep") {
			t.Errorf("%+v: %v", wrong, err)
		}
	}
}

func TestADirectoryListsItsBackupsAndLeavesOtherFilesAlone(t *testing.T) {
	t.Parallel()
	dir, kept := t.TempDir(), t.TempDir()
	openDatabase(t, dir)
	made := create(t, dir, kept)
	for _, name := range []string{"favord-20200101T000000Z.tar.gz", "notes.txt", "other.tar.gz"} {
		if err := os.WriteFile(filepath.Join(kept, name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	list, err := backup.List(kept)
	if err != nil || len(list) != 2 || list[0].Path != made.Path || !isRefusal(list[1].Err, "is no backup") {
		t.Errorf("%+v, %v", list, err)
	}
}

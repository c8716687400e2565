package media_test

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"image"
	"image/png"
	"strings"
	"testing"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/platform/media"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/picture"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/engines"
	"github.com/favord/favord/internal/store/storetest"
)

const (
	owner = merchant.ID("1900000001")
	base  = picture.Base("https://img.example.com")
)

func serviceOf(s store.Store) *media.Service {
	return media.New(media.Config{
		Store: s, Clock: clock.Same{Source: clock.Fixed(time.Unix(1795312800, 0))}, Random: rand.Reader, Base: base,
	})
}

func command(t *testing.T, side int) media.UploadCommand {
	t.Helper()
	var file bytes.Buffer
	if err := png.Encode(&file, image.NewGray(image.Rect(0, 0, side, side))); err != nil {
		t.Fatal(err)
	}
	digest := sha256.Sum256(file.Bytes())
	return media.UploadCommand{Caller: owner, Name: "a.png", Digest: hex.EncodeToString(digest[:]), File: file.Bytes()}
}

// kept counts the audit entries of uploads.
func kept(t *testing.T, s store.Store) int {
	t.Helper()
	n := 0
	if err := s.Read(t.Context(), func(tx store.ReadTx) error {
		entries, err := tx.UnsealedAudit(t.Context(), owner, 0, 1000)
		n = len(entries)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestARaceOfOneFileKeepsOneImage(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		service, cmd := serviceOf(s), command(t, 9)
		urls, errs := storetest.Race(32, func(int) (string, error) { return service.Upload(t.Context(), cmd) })
		for i, err := range errs {
			if err != nil || urls[i] != urls[0] {
				t.Errorf("upload %d: %s, %v", i, urls[i], err)
			}
		}
		if n := kept(t, s); n != 1 {
			t.Errorf("%d images are on record", n)
		}
		token, ok := base.Token(urls[0])
		if !ok {
			t.Fatalf("the URL is %s", urls[0])
		}
		got, err := service.Image(t.Context(), token)
		if err != nil || !bytes.Equal(got.Content, cmd.File) || got.Width != 9 || !got.At.Equal(time.Unix(1795312800, 0)) {
			t.Errorf("%+v, %v", got, err)
		}
		proved, err := s.Check(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range proved {
			if one.Broken > 0 {
				t.Errorf("%s: %d of %d are broken", one.Name, one.Broken, one.Rows)
			}
		}
	})
}

func TestAnUnclearUploadIsSettledByARepeat(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		forgetful := &storetest.Forgetful{Store: s}
		service := serviceOf(forgetful)
		forgetful.Times.Store(1)
		if _, err := service.Upload(t.Context(), command(t, 9)); fault.KindOf(err) != fault.Unclear {
			t.Fatalf("gives %v", err)
		}
		if _, err := service.Upload(t.Context(), command(t, 9)); err != nil {
			t.Fatal(err)
		}
		if n := kept(t, s); n != 1 {
			t.Errorf("%d images are on record", n)
		}
	})
}

func TestARefusalSaysAtWhichField(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		for field, change := range map[string]func(cmd *media.UploadCommand){
			"meta.sha256":   func(cmd *media.UploadCommand) { cmd.Digest = strings.Repeat("0", 64) },
			"meta.filename": func(cmd *media.UploadCommand) { cmd.Name = "a.txt" },
			"file":          func(cmd *media.UploadCommand) { cmd.File = []byte("x"); cmd.Digest = digestOf("x") },
		} {
			cmd := command(t, 3)
			change(&cmd)
			_, err := serviceOf(s).Upload(t.Context(), cmd)
			if refusal := fault.Of(err); refusal.Kind != fault.Invalid || refusal.Field != field {
				t.Errorf("%s: %v", field, err)
			}
		}
		if n := kept(t, s); n != 0 {
			t.Errorf("%d images are on record", n)
		}
		if _, err := serviceOf(s).Image(t.Context(), "none"); !errors.Is(err, media.ErrNotFound) {
			t.Errorf("an unknown token gives %v", err)
		}
	})
}

func digestOf(text string) string {
	digest := sha256.Sum256([]byte(text))
	return hex.EncodeToString(digest[:])
}

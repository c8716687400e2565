package planted_test

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/favord/favord/internal/base/planted"
	"github.com/favord/favord/internal/size"
)

const (
	module = "../../.."
	// patience is how long a test may take to find its bug.
	patience = 10 * time.Minute
)

// TestPlantedBugsAreFound builds the tests with the bugs in them and runs, for each bug, the one
// that must find it: red with the bug, green without. An ordinary run takes a few bugs, which
// the commit chooses: everybody who tests a commit tests the same ones.
func TestPlantedBugsAreFound(t *testing.T) { //nolint:tparallel // the group waits for its parts
	t.Parallel()
	chosen := table()
	all := len(chosen)
	if !size.Soaks() {
		commit := commitOf(t)
		source := rand.New(rand.NewChaCha8(sha256.Sum256([]byte(commit))))
		source.Shuffle(all, func(i, j int) { chosen[i], chosen[j] = chosen[j], chosen[i] })
		chosen = chosen[:size.Counts{Usual: 10, Hour: all, Night: all}.Of(t)]
		t.Logf("commit %s chooses %d of %d bugs", cmp.Or(commit, "unknown"), len(chosen), all)
	}
	b := &builder{dir: t.TempDir(), programs: map[string]func() (string, error){}}
	var found atomic.Int64
	t.Run("each", func(t *testing.T) {
		for _, e := range chosen {
			program := b.of(e.in)
			t.Run(string(e.bug), func(t *testing.T) {
				t.Parallel()
				if err := e.find(t.Context(), program); err != nil {
					t.Fatalf("%s: %v", e.what, err)
				}
				found.Add(1)
				t.Logf("%s: found by %s of %s", e.what, e.found, e.in)
			})
		}
	})
	t.Logf("proof P22: %d of %d planted bugs found", found.Load(), len(chosen))
}

// commitOf names the commit that is tested, "" outside of a repository.
func commitOf(t *testing.T) string {
	t.Helper()
	command := exec.CommandContext(t.Context(), "git", "rev-parse", "--short=12", "HEAD")
	output, err := command.Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(output))
}

// builder makes the test programs of packages, with all bugs in them.
type builder struct {
	dir      string
	programs map[string]func() (string, error)
}

// of returns what makes the program of a package, once.
func (b *builder) of(in string) func() (string, error) {
	if b.programs[in] == nil {
		b.programs[in] = sync.OnceValues(func() (string, error) {
			path := filepath.Join(b.dir, strings.ReplaceAll(in, "/", "-")+".test")
			command := exec.Command("go", "test", "-c", "-tags", "planted", "-o", path, "./"+in) //nolint:noctx // it serves several tests
			command.Dir = module
			if output, err := command.CombinedOutput(); err != nil {
				return "", fmt.Errorf("build the tests of %s: %w\n%s", in, err, output)
			}
			return path, nil
		})
	}
	return b.programs[in]
}

// find runs the test of a bug without and with it.
func (e entry) find(ctx context.Context, build func() (string, error)) error {
	program, err := build()
	if err != nil {
		return err
	}
	if output, err := e.run(ctx, program, ""); err != nil {
		return fmt.Errorf("%s of %s fails without a bug: %w\n%s", e.found, e.in, err, tail(output))
	} else if !bytes.Contains(output, []byte("--- PASS: "+e.found+" ")) {
		return fmt.Errorf("%s has no test %s", e.in, e.found)
	}
	output, err := e.run(ctx, program, e.bug)
	var exit *exec.ExitError
	switch {
	case err == nil:
		return fmt.Errorf("%s of %s stays green", e.found, e.in)
	case !errors.As(err, &exit):
		return err
	case !bytes.Contains(output, []byte("--- FAIL: "+e.found)) && !bytes.Contains(output, []byte("panic: ")):
		return fmt.Errorf("%s of %s did not end: %w\n%s", e.found, e.in, err, tail(output))
	}
	return nil
}

// run runs the test of a bug, with a bug or without.
func (e entry) run(ctx context.Context, program string, bug planted.Bug) ([]byte, error) {
	name := "^" + strings.ReplaceAll(e.found, "/", "$/^") + "$"
	command := exec.CommandContext(ctx, program, "-test.run", name, "-test.v", "-test.timeout", patience.String())
	command.Dir = filepath.Join(module, e.in)
	// However long this test is, what it tests is quick; where it is about PostgreSQL, as usual.
	long := size.Quick
	if strings.HasPrefix(string(e.bug), "postgres-") {
		long = size.Usual
	}
	command.Env = append(command.Environ(), planted.Name+"="+string(bug), size.Name+"="+long)
	return command.CombinedOutput()
}

// tail is the end of an output.
func tail(output []byte) []byte { return output[max(0, len(output)-2000):] }

// TestEveryBugIsPlantedAndHasItsTest compares the names with the table and with the program.
func TestEveryBugIsPlantedAndHasItsTest(t *testing.T) {
	t.Parallel()
	known := map[planted.Bug]bool{}
	for _, e := range table() {
		if known[e.bug] {
			t.Errorf("%s is in the table twice", e.bug)
		}
		known[e.bug] = true
	}
	used := usesOf(t)
	for constant, bug := range constants(t) {
		if !known[bug] {
			t.Errorf("no test is named that finds %s", bug)
		}
		if used[constant] == 0 {
			t.Errorf("%s is planted nowhere", constant)
		}
	}
	const least = 40
	if len(known) < least {
		t.Errorf("there are %d bugs", len(known))
	}
}

// constants lists the bugs by the names of their constants.
func constants(t *testing.T) map[string]planted.Bug {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "planted.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	list := map[string]planted.Bug{}
	ast.Inspect(file, func(n ast.Node) bool {
		if spec, is := n.(*ast.ValueSpec); is && len(spec.Values) == 1 && spec.Names[0].Name != "Name" {
			text, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			list[spec.Names[0].Name] = planted.Bug(text)
		}
		return true
	})
	return list
}

// usesOf counts where in the program each constant stands.
func usesOf(t *testing.T) map[string]int {
	t.Helper()
	used := map[string]int{}
	names := constants(t)
	err := filepath.WalkDir(filepath.Join(module, "internal"), func(path string, _ os.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		for name := range names {
			used[name] += bytes.Count(text, []byte("planted."+name+"."))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return used
}

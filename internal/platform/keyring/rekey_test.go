package keyring_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/platform/keyring"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/engines"
)

// node is a node of a server with a key file of its own.
type node struct {
	*keyring.Keyring
	path string
}

// newNode starts a node whose key file has one line for each digit, and has the database know it.
func newNode(t *testing.T, s store.Store, digits string) *node {
	t.Helper()
	n := &node{path: filepath.Join(t.TempDir(), "kek")}
	n.write(t, digits)
	n.Keyring = withKey(t, s, n.path)
	if err := n.Adopt(t.Context()); err != nil {
		t.Fatal(err)
	}
	return n
}

func (n *node) write(t *testing.T, digits string) {
	t.Helper()
	var text strings.Builder
	for digit := range strings.SplitSeq(digits, "") {
		text.WriteString(strings.Repeat(digit, 64) + "\n")
	}
	if err := os.WriteFile(n.path, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
}

// renew gives the node other keys while it runs.
func (n *node) renew(t *testing.T, digits string) {
	t.Helper()
	n.write(t, digits)
	if err := n.Renew(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// enroll has a node seal the keys of a new merchant.
func (n *node) enroll(t *testing.T, id merchant.ID) {
	t.Helper()
	draft, err := n.DraftSM2(t.Context(), merchant.Merchant{ID: id, Name: "n", Kind: merchant.Ordinary, KeyMode: merchant.ModeCertificate})
	if err == nil {
		err = n.Register(t.Context(), draft)
	}
	if err != nil {
		t.Error(err)
	}
}

// rekey seals everything anew, and adds up what the steps did.
func (n *node) rekey(t *testing.T) (all keyring.Rekeyed) {
	t.Helper()
	for !all.Done {
		step, err := n.Rekey(t.Context(), "tester", all.Next)
		if err != nil {
			t.Fatal(err)
		}
		all.Looked += step.Looked
		all.Resealed += step.Resealed
		all.Next, all.Done, all.Retired = step.Next, step.Done, append(all.Retired, step.Retired...)
	}
	return all
}

// answers has a node sign with the keys of a merchant.
func (n *node) answers(t *testing.T, id merchant.ID) {
	t.Helper()
	n.Forget("")
	keys, err := n.Of(t.Context(), id)
	if err == nil {
		_, err = keys.Signer(apiv3.SchemeSM2, "", now())
	}
	if err != nil {
		t.Error(err)
	}
}

// TestKeysAreReplacedWhileNodesWork goes the documented way with two nodes, one of which seals
// all the time.
func TestKeysAreReplacedWhileNodesWork(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		one, two := newNode(t, s, "a"), newNode(t, s, "a")
		one.enroll(t, mchid)
		var enrolled atomic.Int64
		stop, work := make(chan struct{}), sync.WaitGroup{}
		work.Go(func() {
			for n := range 50 {
				select {
				case <-stop:
					return
				default:
					two.enroll(t, merchant.ID(fmt.Sprint(1_910_000_000+n)))
					enrolled.Add(1)
				}
			}
		})
		one.renew(t, "ab")
		two.renew(t, "ab")
		one.renew(t, "ba")
		two.renew(t, "ba")
		done := one.rekey(t)
		close(stop)
		work.Wait()
		if done.Resealed < 4 || done.Looked < done.Resealed || len(done.Retired) != 1 {
			t.Errorf("rekeying did %+v", done)
		}
		if again := one.rekey(t); again.Resealed != 0 || len(again.Retired) != 0 || again.Looked < int(3*enrolled.Load()) {
			t.Errorf("rekeying again did %+v after %d merchants", again, enrolled.Load())
		}
		one.renew(t, "b")
		if err := one.OpensEverything(t.Context()); err != nil {
			t.Error(err)
		}
		one.answers(t, mchid)
	})
}

// TestANodeWithoutTheNewKeyIsNotReady and does not seal with a retired key.
func TestANodeWithoutTheNewKeyIsNotReady(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		behind, ahead := newNode(t, s, "a"), newNode(t, s, "ba")
		mustName(t, behind.Verify(t.Context()), behind.path, "does not open")
		behind.renew(t, "ab")
		if err := behind.Verify(t.Context()); err != nil {
			t.Error(err)
		}
		m := merchant.Merchant{ID: mchid, Name: "n", Kind: merchant.Ordinary, KeyMode: merchant.ModeCertificate}
		draft, err := behind.DraftSM2(t.Context(), m)
		if err != nil {
			t.Fatal(err)
		}
		ahead.rekey(t)
		mustName(t, behind.Register(t.Context(), draft), behind.path, "does not open")
		mustName(t, behind.Verify(t.Context()), behind.path, "does not open")
		behind.renew(t, "ba")
		behind.enroll(t, mchid)
		ahead.renew(t, "b")
		ahead.answers(t, mchid)
	})
}

func TestAKeyFileThatLacksAKeyIsNotTakenUp(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		n := newNode(t, s, "a")
		n.enroll(t, mchid)
		for _, bad := range []string{"b", "bc", ""} {
			n.write(t, bad)
			if err := n.Renew(t.Context()); fault.KindOf(err) != fault.Refused {
				t.Errorf("keys %q: %v", bad, err)
			}
		}
		n.answers(t, mchid)
		if _, err := n.Rekey(t.Context(), "tester", "nowhere"); fault.KindOf(err) != fault.Invalid {
			t.Errorf("a place that is none: %v", err)
		}
	})
}

// TestWhatOneKeyAuthenticatedIsAuthenticWhileItIsInTheFile: links that were given out go on
// working.
func TestWhatOneKeyAuthenticatedIsAuthenticWhileItIsInTheFile(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		n := newNode(t, s, "a")
		code := n.Authenticate("bill", []byte("said"))
		n.renew(t, "ba")
		for purpose, want := range map[string]bool{"bill": true, "other": false} {
			if n.Authentic(purpose, []byte("said"), code) != want {
				t.Errorf("for %s it should be authentic: %v", purpose, want)
			}
		}
		if n.Authentic("bill", []byte("unsaid"), code) {
			t.Error("another message is authentic")
		}
	})
}

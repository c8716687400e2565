package account_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/platform/account"
	"github.com/favord/favord/internal/rule/operator"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/engines"
)

// hand is a clock that a test moves.
type hand struct{ at time.Time }

func (h *hand) Now() time.Time { return h.at }

var _ clock.Clock = (*hand)(nil)

// plainVault keeps secrets as they are.
type plainVault struct{}

func (plainVault) SealTOTP(_ string, _ int, plaintext []byte) ([]byte, string) {
	return plaintext, "plain"
}

func (plainVault) OpenTOTP(_ string, _ int, box []byte) ([]byte, error) { return box, nil }

func (plainVault) Authenticate(purpose string, message []byte) []byte {
	code := sha256.Sum256(append([]byte(purpose+"\x00"), message...))
	return code[:]
}

func (v plainVault) Authentic(purpose string, message, code []byte) bool {
	return bytes.Equal(code, v.Authenticate(purpose, message))
}

const (
	password = "correct horse battery staple"
	other    = "another sentence to remember"
)

// desk is a service with an admin called "alice".
type desk struct {
	*account.Service
	t    *testing.T
	hand *hand
}

func newDesk(t *testing.T, s store.Store) *desk {
	t.Helper()
	d := &desk{t: t, hand: &hand{time.Date(2026, 12, 5, 4, 0, 0, 0, time.UTC)}}
	if err := s.Write(t.Context(), func(tx store.Tx) error {
		return tx.InsertSealingKey(t.Context(), store.SealingKey{Generation: 1, Fingerprint: "plain"})
	}); err != nil {
		t.Fatal(err)
	}
	d.Service = account.New(account.Config{Store: s, Clock: d.hand, Vault: plainVault{}})
	invitation, err := d.FirstRun(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Accept(t.Context(), account.Acceptance{Invitation: invitation, Name: "alice", Password: password}); err != nil {
		t.Fatal(err)
	}
	return d
}

// signIn signs in from one address.
func (d *desk) signIn(name, password, code string) (account.Signed, error) {
	d.t.Helper()
	in, err := d.SignIn(d.t.Context(), account.Login{Name: name, Password: password, Code: code, Address: "192.0.2.1", Agent: "test"})
	if err != nil {
		return account.Signed{}, err
	}
	return d.Session(d.t.Context(), in.Secret)
}

func (d *desk) must(who account.Signed, err error) account.Signed {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
	return who
}

func TestTheFirstOperatorIsAnAdminAndThereIsNoSecondFirst(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		ctx := t.Context()
		d := &desk{t: t, hand: &hand{time.Date(2026, 12, 5, 4, 0, 0, 0, time.UTC)}}
		d.Service = account.New(account.Config{Store: s, Clock: d.hand, Vault: plainVault{}})
		old, err := d.FirstRun(ctx)
		if err != nil {
			t.Fatal(err)
		}
		invitation, err := d.FirstRun(ctx) // a second node
		if err != nil {
			t.Fatal(err)
		}
		for _, bad := range []struct {
			account.Acceptance

			want error
		}{
			{account.Acceptance{Invitation: old, Name: "alice", Password: password}, account.ErrInvitation},
			{account.Acceptance{Invitation: invitation, Name: "Alice", Password: password}, operator.ErrName},
			{account.Acceptance{Invitation: invitation, Name: "alice", Password: "short"}, operator.ErrPassword},
		} {
			if _, err := d.Accept(ctx, bad.Acceptance); !errors.Is(err, bad.want) {
				t.Errorf("%+v gives %v", bad.Acceptance, err)
			}
		}
		o, err := d.Accept(ctx, account.Acceptance{Invitation: invitation, Name: "alice", Password: password})
		if err != nil || !operator.May(o.Roles, operator.Operators) {
			t.Errorf("the first operator is %+v, %v", o, err)
		}
		again := account.Acceptance{Invitation: invitation, Name: "eve", Password: password}
		if _, err := d.Accept(ctx, again); !errors.Is(err, account.ErrInvitation) {
			t.Errorf("the invitation again gives %v", err)
		}
		if next, err := d.FirstRun(ctx); err != nil || next != "" {
			t.Errorf("there is another first run: %v", err)
		}
		who := d.must(d.signIn("alice", password, ""))
		if who.Operator.Name != "alice" {
			t.Errorf("it is %+v", who.Operator)
		}
	})
}

func TestWhatIsWrongAboutASignInIsNotTold(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		d := newDesk(t, s)
		if _, err := d.Add(t.Context(), account.Addition{Actor: "a", Name: "invited", Roles: []operator.Role{operator.Viewer}}); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"alice", "nobody", "invited", "no name", ""} {
			if _, err := d.signIn(name, other, ""); !errors.Is(err, account.ErrSignIn) || fault.Of(err).Field != "" {
				t.Errorf("%q gives %v", name, err)
			}
		}
		if _, err := d.signIn("invited", "", ""); !errors.Is(err, account.ErrSignIn) {
			t.Errorf("no password gives %v", err)
		}
	})
}

func TestGuessersWaitLongerAndLonger(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		d := newDesk(t, s)
		for range 5 {
			if _, err := d.signIn("alice", other, ""); !errors.Is(err, account.ErrSignIn) {
				t.Fatalf("a wrong password gives %v", err)
			}
		}
		if _, err := d.signIn("alice", password, ""); fault.KindOf(err) != fault.TooFast {
			t.Errorf("the sixth try gives %v", err)
		}
		if _, err := d.signIn("bob", other, ""); fault.KindOf(err) != fault.TooFast {
			t.Errorf("another name from there gives %v", err)
		}
		d.hand.at = d.hand.at.Add(15 * time.Second)
		if _, err := d.signIn("alice", other, ""); !errors.Is(err, account.ErrSignIn) {
			t.Errorf("after the wait: %v", err)
		}
		d.hand.at = d.hand.at.Add(15 * time.Second)
		if _, err := d.signIn("alice", password, ""); fault.KindOf(err) != fault.TooFast {
			t.Errorf("the wait did not double: %v", err)
		}
		d.hand.at = d.hand.at.Add(15 * time.Second)
		d.must(d.signIn("alice", password, ""))
		d.must(d.signIn("alice", password, ""))
	})
}

func TestASessionEnds(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		d := newDesk(t, s)
		begin := d.hand.at
		in, err := d.SignIn(t.Context(), account.Login{Name: "alice", Password: password, Address: "192.0.2.1"})
		if err != nil {
			t.Fatal(err)
		}
		for d.hand.at.Sub(begin) < 7*24*time.Hour-11*time.Hour { // used all the time
			d.hand.at = d.hand.at.Add(11 * time.Hour)
			if _, err := d.Session(t.Context(), in.Secret); err != nil {
				t.Fatalf("after %v: %v", d.hand.at.Sub(begin), err)
			}
		}
		d.hand.at = begin.Add(7 * 24 * time.Hour)
		if _, err := d.Session(t.Context(), in.Secret); !errors.Is(err, account.ErrSession) {
			t.Errorf("after a week: %v", err)
		}
		in, err = d.SignIn(t.Context(), account.Login{Name: "alice", Password: password, Address: "192.0.2.1"})
		if err != nil {
			t.Fatal(err)
		}
		d.hand.at = d.hand.at.Add(12 * time.Hour)
		if _, err := d.Session(t.Context(), in.Secret); !errors.Is(err, account.ErrSession) {
			t.Errorf("after half a day of rest: %v", err)
		}
		who := d.must(d.signIn("alice", password, ""))
		if err := d.EndSession(t.Context(), "bob", account.SessionID(&who.Session)); !errors.Is(err, account.ErrNoSession) {
			t.Errorf("somebody else ends it: %v", err)
		}
		if err := d.EndSession(t.Context(), "alice", account.SessionID(&who.Session)); err != nil {
			t.Error(err)
		}
		if list, err := d.Sessions(t.Context(), "alice"); err != nil || len(list) != 0 {
			t.Errorf("sessions are left: %v, %v", list, err)
		}
	})
}

func TestSomebodyCanAlwaysSayWhoMayDoWhat(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		d := newDesk(t, s)
		yes := true
		alice := account.Deed{Actor: "a", Name: "alice"}
		for _, change := range []account.Change{
			{Deed: alice, Suspended: &yes}, {Deed: alice, Roles: []operator.Role{operator.Auditor}},
		} {
			if _, err := d.Change(t.Context(), change); !errors.Is(err, account.ErrLastAdmin) {
				t.Errorf("%+v gives %v", change, err)
			}
		}
		added, err := d.Add(t.Context(), account.Addition{Actor: "a", Name: "bob", Display: "Bob", Roles: []operator.Role{operator.Admin}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.Accept(t.Context(), account.Acceptance{Invitation: added.Invitation, Name: "ignored", Password: other}); err != nil {
			t.Fatal(err)
		}
		who := d.must(d.signIn("alice", password, ""))
		if _, err := d.Change(t.Context(), account.Change{Deed: alice, Suspended: &yes}); err != nil {
			t.Fatal(err)
		}
		if list, err := d.Sessions(t.Context(), who.Operator.Name); err != nil || len(list) != 0 {
			t.Errorf("who is suspended is signed in: %v", err)
		}
		if _, err := d.signIn("alice", password, ""); !errors.Is(err, account.ErrSignIn) {
			t.Errorf("who is suspended signs in: %v", err)
		}
		d.must(d.signIn("bob", other, ""))
	})
}

func TestACodeOfAnAuthenticatorIsTakenOnce(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		d := newDesk(t, s)
		who := d.must(d.signIn("alice", password, ""))
		if _, err := d.ConfirmTOTP(t.Context(), who, "000000"); !errors.Is(err, account.ErrNoTOTP) {
			t.Errorf("a code before the secret gives %v", err)
		}
		e, err := d.BeginTOTP(t.Context(), who)
		if err != nil {
			t.Fatal(err)
		}
		code := func(at time.Time) string {
			text, err := account.Code(e.Secret, at)
			if err != nil {
				t.Fatal(err)
			}
			return text
		}
		if _, err := d.ConfirmTOTP(t.Context(), who, code(d.hand.at.Add(time.Hour))); !errors.Is(err, account.ErrCode) {
			t.Errorf("a wrong code gives %v", err)
		}
		recovery, err := d.ConfirmTOTP(t.Context(), who, code(d.hand.at))
		if err != nil || len(recovery) != 10 {
			t.Fatalf("%d codes, %v", len(recovery), err)
		}
		if _, err := d.signIn("alice", password, ""); !errors.Is(err, account.ErrCodeNeeded) {
			t.Errorf("without a code: %v", err)
		}
		if _, err := d.signIn("alice", password, code(d.hand.at)); !errors.Is(err, account.ErrSignIn) {
			t.Errorf("the code that was shown: %v", err)
		}
		d.hand.at = d.hand.at.Add(30 * time.Second)
		d.must(d.signIn("alice", password, code(d.hand.at)))
		if _, err := d.signIn("alice", password, code(d.hand.at)); !errors.Is(err, account.ErrSignIn) {
			t.Errorf("the code again: %v", err)
		}
		d.must(d.signIn("alice", password, strings.ToUpper(recovery[3])))
		if _, err := d.signIn("alice", password, recovery[3]); !errors.Is(err, account.ErrSignIn) {
			t.Errorf("a recovery code again: %v", err)
		}
	})
}

func TestANewPasswordEndsTheOtherSessions(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		d := newDesk(t, s)
		here, there := d.must(d.signIn("alice", password, "")), d.must(d.signIn("alice", password, ""))
		if err := d.SetPassword(t.Context(), here, other, other); !errors.Is(err, account.ErrSignIn) {
			t.Errorf("without the old one: %v", err)
		}
		if err := d.SetPassword(t.Context(), here, password, other); err != nil {
			t.Fatal(err)
		}
		list, err := d.Sessions(t.Context(), "alice")
		if err != nil || len(list) != 1 || list[0].Digest != here.Session.Digest || list[0].Digest == there.Session.Digest {
			t.Errorf("sessions are %v, %v", list, err)
		}
		if _, err := d.signIn("alice", password, ""); !errors.Is(err, account.ErrSignIn) {
			t.Errorf("the old password: %v", err)
		}
		d.must(d.signIn("alice", other, ""))
	})
}

func TestATokenEndsWhenItIsOverOrRevoked(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		d := newDesk(t, s)
		request := account.Request{Actor: "a", Name: "ci", Roles: []operator.Role{operator.Viewer}, Expires: d.hand.at.Add(time.Hour)}
		made, err := d.CreateToken(t.Context(), request)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.CreateToken(t.Context(), request); !errors.Is(err, account.ErrTokenTaken) {
			t.Errorf("the name again: %v", err)
		}
		if c, err := d.Token(t.Context(), made.Secret); err != nil || c.Name != "ci" {
			t.Errorf("the token is %+v, %v", c, err)
		}
		if _, err := d.Session(t.Context(), made.Secret); !errors.Is(err, account.ErrSession) {
			t.Errorf("a token as a session: %v", err)
		}
		d.hand.at = d.hand.at.Add(time.Hour)
		if _, err := d.Token(t.Context(), made.Secret); !errors.Is(err, account.ErrSession) {
			t.Errorf("after its end: %v", err)
		}
		request.Expires = d.hand.at.Add(time.Hour)
		if made, err = d.CreateToken(t.Context(), request); err != nil {
			t.Fatalf("the name of one that is over: %v", err)
		}
		if err := d.RevokeToken(t.Context(), "a", "ci"); err != nil {
			t.Error(err)
		}
		if _, err := d.Token(t.Context(), made.Secret); !errors.Is(err, account.ErrSession) {
			t.Errorf("after it was revoked: %v", err)
		}
		for _, bad := range []account.Request{
			{Name: "Big", Expires: d.hand.at.Add(time.Hour)},
			{Name: "late", Expires: d.hand.at.Add(400 * 24 * time.Hour)},
			{Name: "past", Expires: d.hand.at},
			{Name: "default", Expires: d.hand.at.Add(time.Hour)},
		} {
			if _, err := d.CreateToken(t.Context(), bad); fault.KindOf(err) != fault.Invalid && !errors.Is(err, account.ErrReserved) {
				t.Errorf("%+v gives %v", bad, err)
			}
		}
	})
}

// TestATokenIsRotatedWithAnOverlap also twice, while the first one still counts.
func TestATokenIsRotatedWithAnOverlap(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		d := newDesk(t, s)
		until := d.hand.Now().Add(90 * 24 * time.Hour)
		rotation := account.Rotation{Actor: "tester", Name: "ci", Expires: until, Overlap: time.Hour}
		if _, err := d.RotateToken(t.Context(), rotation); !errors.Is(err, account.ErrNoToken) {
			t.Errorf("without a token: %v", err)
		}
		request := account.Request{Actor: "tester", Name: "ci", Roles: []operator.Role{operator.Viewer}, Expires: until}
		first, err := d.CreateToken(t.Context(), request)
		if err != nil {
			t.Fatal(err)
		}
		second, err := d.RotateToken(t.Context(), rotation)
		if err != nil {
			t.Fatal(err)
		}
		for name, secret := range map[string]string{"former": first.Secret, "new": second.Secret} {
			if c, err := d.Token(t.Context(), secret); err != nil || c.Name != "ci" || !slices.Equal(c.Roles, []operator.Role{operator.Viewer}) {
				t.Errorf("the %s token is %+v, %v", name, c, err)
			}
		}
		d.hand.at = d.hand.at.Add(time.Hour)
		if _, err := d.Token(t.Context(), first.Secret); !errors.Is(err, account.ErrSession) {
			t.Errorf("after the overlap the former token gives %v", err)
		}
		if _, err := d.Token(t.Context(), second.Secret); err != nil {
			t.Error(err)
		}
		if err := d.RevokeToken(t.Context(), "tester", "ci"); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Token(t.Context(), second.Secret); !errors.Is(err, account.ErrSession) {
			t.Errorf("a revoked token gives %v", err)
		}
	})
}

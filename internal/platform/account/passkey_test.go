package account_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/base/webauthn"
	"github.com/favord/favord/internal/base/webauthn/softkey"
	"github.com/favord/favord/internal/platform/account"
	"github.com/favord/favord/internal/rule/operator"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/engines"
	"github.com/favord/favord/internal/store/memstore"
)

func site() webauthn.Party {
	return webauthn.Party{ID: "favord.example.com", Origin: "https://favord.example.com"}
}

// add gives somebody who has signed in a passkey in a new device.
func (d *desk) add(who account.Signed, name string) *softkey.Device {
	d.t.Helper()
	asked, err := d.BeginAddition(d.t.Context(), who, site())
	if err != nil {
		d.t.Fatal(err)
	}
	device := softkey.New(d.t, site())
	n := account.NewPasskey{Party: site(), Name: name, Creation: *device.Create(asked.Challenge)}
	if _, err := d.AddPasskey(d.t.Context(), who, n); err != nil {
		d.t.Fatal(err)
	}
	return device
}

// ask begins with a passkey and returns what a device shows then.
func (d *desk) ask(device *softkey.Device, name string) account.Shown {
	d.t.Helper()
	return show(device, name, d.BeginPasskey(site()))
}

func show(device *softkey.Device, name, challenge string) account.Shown {
	return account.Shown{
		Party: site(), ID: device.ID, Handle: account.Handle(name), Assertion: *device.Get(challenge), Address: "192.0.2.1", Agent: "test",
	}
}

func (d *desk) operator(name string) operator.Operator {
	d.t.Helper()
	o, err := d.Operator(d.t.Context(), name)
	if err != nil {
		d.t.Fatal(err)
	}
	return o
}

func TestAPasskeySignsInWithoutAPasswordAndThePasswordNotWithoutIt(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		d := newDesk(t, s)
		device := d.add(d.must(d.signIn("alice", password, "")), "laptop")
		for _, code := range []string{"", "123456"} {
			if _, err := d.signIn("alice", password, code); !errors.Is(err, account.ErrPasskeyNeeded) {
				t.Errorf("the password with the code %q gives %v", code, err)
			}
		}
		for range 7 { // more often than failures are free
			in, err := d.PasskeySignIn(t.Context(), d.ask(device, "alice"))
			if err != nil {
				t.Fatal(err)
			}
			who := d.must(d.Session(t.Context(), in.Secret))
			if who.Operator.Name != "alice" || !who.Session.Proved(d.hand.at) || who.Session.Address != "192.0.2.1" {
				t.Errorf("the session is %+v", who.Session)
			}
		}
		kept := d.operator("alice").Passkeys
		if len(kept) != 1 || kept[0].Name != "laptop" || account.PasskeyHost(&kept[0]) != site().ID || account.PasskeySynced(&kept[0]) {
			t.Errorf("there is %+v", kept)
		}
	})
}

func TestAChallengeIsAnsweredOnceAndInTime(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	d := newDesk(t, memstore.New())
	who := d.must(d.signIn("alice", password, ""))
	device := d.add(who, "laptop")
	shown := d.ask(device, "alice")
	if _, err := d.PasskeySignIn(ctx, shown); err != nil {
		t.Fatal(err)
	}
	if _, err := d.PasskeySignIn(ctx, shown); !errors.Is(err, account.ErrPasskey) {
		t.Errorf("once more gives %v", err)
	}
	spoilt := d.ask(device, "alice")
	right := spoilt.Signature
	spoilt.Signature = nil
	if _, err := d.PasskeySignIn(ctx, spoilt); !errors.Is(err, account.ErrPasskey) {
		t.Errorf("a wrong signature gives %v", err)
	}
	spoilt.Signature = right
	if _, err := d.PasskeySignIn(ctx, spoilt); !errors.Is(err, account.ErrPasskey) {
		t.Errorf("the right one after it gives %v", err)
	}
	late := d.ask(device, "alice")
	d.hand.at = d.hand.at.Add(operator.CeremonyLife)
	if _, err := d.PasskeySignIn(ctx, late); !errors.Is(err, account.ErrPasskey) {
		t.Errorf("too late gives %v", err)
	}
	for name, challenge := range map[string]string{"of nobody": "bm9ib2R5IGFza2VkIHRoaXM", "none": ""} {
		if _, err := d.PasskeySignIn(ctx, show(device, "alice", challenge)); !errors.Is(err, account.ErrPasskey) {
			t.Errorf("a challenge that is %s gives %v", name, err)
		}
	}
	asked, err := d.BeginAddition(ctx, who, site())
	if err != nil {
		t.Fatal(err)
	}
	wrong := show(device, "alice", asked.Challenge)
	wrong.Address = "192.0.2.2"
	if _, err := d.PasskeySignIn(ctx, wrong); !errors.Is(err, account.ErrPasskey) {
		t.Errorf("the challenge for a new passkey gives %v", err)
	}
}

func TestAPasskeyIsOneOperatorsAtOneSite(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	d := newDesk(t, memstore.New())
	alice := d.must(d.signIn("alice", password, ""))
	device := d.add(alice, "laptop")
	bob, err := d.Add(ctx, account.Addition{Actor: "operator:alice", Name: "bob", Roles: []operator.Role{operator.Viewer}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Accept(ctx, account.Acceptance{Invitation: bob.Invitation, Password: other}); err != nil {
		t.Fatal(err)
	}
	if _, err := d.PasskeySignIn(ctx, d.ask(device, "bob")); !errors.Is(err, account.ErrPasskey) {
		t.Errorf("as another operator: %v", err)
	}
	bobs := d.must(d.signIn("bob", other, ""))
	if err := d.ProvePasskey(ctx, bobs, d.ask(device, "alice")); !errors.Is(err, account.ErrPasskey) {
		t.Errorf("somebody else's for a proof: %v", err)
	}
	asked, err := d.BeginAddition(ctx, bobs, site())
	if err != nil {
		t.Fatal(err)
	}
	again := account.NewPasskey{Party: site(), Name: "found", Creation: *device.Create(asked.Challenge)}
	if _, err := d.AddPasskey(ctx, alice, again); !errors.Is(err, account.ErrNewPasskey) {
		t.Errorf("an answer to another's question: %v", err)
	}
	if asked, err = d.BeginAddition(ctx, bobs, site()); err != nil {
		t.Fatal(err)
	}
	again.Creation = *device.Create(asked.Challenge)
	if _, err := d.AddPasskey(ctx, bobs, again); !errors.Is(err, account.ErrPasskeyThere) {
		t.Errorf("a passkey that alice has: %v", err)
	}
	local := webauthn.Party{ID: "localhost", Origin: "http://localhost:18081"}
	question := d.BeginPasskey(local)
	if _, err := d.PasskeySignIn(ctx, show(device, "alice", question)); !errors.Is(err, account.ErrPasskey) {
		t.Errorf("a question of another site: %v", err)
	}
	device.Party = local
	shown := show(device, "alice", d.BeginPasskey(local))
	shown.Party = local
	if _, err := d.PasskeySignIn(ctx, shown); !errors.Is(err, account.ErrPasskey) {
		t.Errorf("at another site: %v", err)
	}
}

func TestACopiedPasskeyLetsNobodyIn(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	d := newDesk(t, memstore.New())
	device := d.add(d.must(d.signIn("alice", password, "")), "laptop")
	before := device.Count
	if _, err := d.PasskeySignIn(ctx, d.ask(device, "alice")); err != nil {
		t.Fatal(err)
	}
	device.Count = before
	if _, err := d.PasskeySignIn(ctx, d.ask(device, "alice")); !errors.Is(err, account.ErrPasskeyCopied) {
		t.Errorf("the copy gives %v", err)
	}
}

func TestQuestionsForPasskeysCountNothingAndAnswersInVainDo(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	d := newDesk(t, memstore.New())
	device := d.add(d.must(d.signIn("alice", password, "")), "laptop")
	for range 100 { // pages that are opened and left
		d.BeginPasskey(site())
	}
	vain := func(address string) error {
		shown := d.ask(device, "alice")
		shown.Signature, shown.Address = nil, address
		_, err := d.PasskeySignIn(ctx, shown)
		return err
	}
	for range 4 {
		if err := vain("192.0.2.1"); !errors.Is(err, account.ErrPasskey) {
			t.Fatal(err)
		}
	}
	if _, err := d.PasskeySignIn(ctx, d.ask(device, "alice")); err != nil {
		t.Errorf("the right one after four: %v", err)
	}
	for range 5 {
		if err := vain("192.0.2.1"); !errors.Is(err, account.ErrPasskey) {
			t.Fatal(err)
		}
	}
	waits := d.ask(device, "alice")
	if _, err := d.PasskeySignIn(ctx, waits); fault.KindOf(err) != fault.TooFast {
		t.Errorf("after five the right one gives %v", err)
	}
	if err := vain("192.0.2.2"); !errors.Is(err, account.ErrPasskey) {
		t.Errorf("from another address: %v", err)
	}
	d.hand.at = d.hand.at.Add(time.Minute)
	if _, err := d.PasskeySignIn(ctx, waits); err != nil {
		t.Errorf("the same answer after the wait: %v", err)
	}
}

func TestAnAnsweredQuestionIsRememberedUntilItCountsNoMore(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		ctx := t.Context()
		d := newDesk(t, s)
		shown := d.ask(d.add(d.must(d.signIn("alice", password, "")), "laptop"), "alice")
		if _, err := d.PasskeySignIn(ctx, shown); err != nil {
			t.Fatal(err)
		}
		d.hand.at = d.hand.at.Add(operator.CeremonyLife - time.Second)
		if err := s.Write(ctx, func(tx store.Tx) error {
			_, err := tx.DropExpired(ctx, store.Ended{Before: d.hand.at.Add(time.Minute), Limit: 100}) // by a node whose clock is ahead
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if _, err := d.PasskeySignIn(ctx, shown); !errors.Is(err, account.ErrPasskey) {
			t.Errorf("once more gives %v", err)
		}
	})
}

func TestAnOwnerRenamesAPasskey(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		ctx := t.Context()
		d := newDesk(t, s)
		who := d.must(d.signIn("alice", password, ""))
		laptop := d.add(who, "laptop")
		d.add(who, "phone")
		kept := d.operator("alice").Passkeys
		renamed, err := d.RenamePasskey(ctx, who, account.PasskeyID(&kept[0]), "the office's")
		if err != nil || renamed.Name != "the office's" || renamed.ID != kept[0].ID {
			t.Fatalf("it is %+v, %v", renamed, err)
		}
		kept[0].Name = "the office's"
		if diff := cmp.Diff(kept, d.operator("alice").Passkeys); diff != "" {
			t.Error(diff)
		}
		if _, err := d.RenamePasskey(ctx, who, "0000000000000000", "x"); !errors.Is(err, account.ErrNoPasskey) {
			t.Errorf("one that is not there: %v", err)
		}
		if _, err := d.PasskeySignIn(ctx, d.ask(laptop, "alice")); err != nil {
			t.Errorf("under its new name it lets %v in", err)
		}
	})
}

func TestAPasskeyProvesLikeThePassword(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	engines.Each(t, func(t *testing.T, s store.Store) {
		d := newDesk(t, s)
		device := d.add(d.must(d.signIn("alice", password, "")), "laptop")
		in, err := d.PasskeySignIn(ctx, d.ask(device, "alice"))
		if err != nil {
			t.Fatal(err)
		}
		d.hand.at = d.hand.at.Add(time.Hour)
		who := d.must(d.Session(ctx, in.Secret))
		if who.Session.Proved(d.hand.at) {
			t.Fatal("an hour is fresh")
		}
		if err := d.ProvePasskey(ctx, who, d.ask(device, "alice")); err != nil {
			t.Fatal(err)
		}
		if who = d.must(d.Session(ctx, in.Secret)); !who.Session.Proved(d.hand.at) {
			t.Error("nothing is proved")
		}
	})
}

func TestARemovedPasskeyLetsNobodyIn(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		ctx := t.Context()
		d := newDesk(t, s)
		who := d.must(d.signIn("alice", password, ""))
		laptop, phone, lost := d.add(who, "laptop"), d.add(who, "phone"), d.add(who, "lost")
		ids := map[string]string{}
		for _, p := range d.operator("alice").Passkeys {
			ids[p.Name] = account.PasskeyID(&p)
		}
		if err := d.RemovePasskey(ctx, who, "0000000000000000"); !errors.Is(err, account.ErrNoPasskey) {
			t.Errorf("one that is not there: %v", err)
		}
		if err := d.RemovePasskey(ctx, who, ids["phone"]); err != nil {
			t.Fatal(err)
		}
		in, err := d.PasskeySignIn(ctx, d.ask(laptop, "alice"))
		if err != nil {
			t.Fatal(err)
		}
		if err := d.RemoveLostPasskey(ctx, account.Deed{Actor: "token:default", Name: "alice"}, ids["lost"]); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Session(ctx, in.Secret); !errors.Is(err, account.ErrSession) {
			t.Errorf("a session of the time of the lost one: %v", err)
		}
		for name, device := range map[string]*softkey.Device{"phone": phone, "lost": lost} {
			if _, err := d.PasskeySignIn(ctx, d.ask(device, "alice")); !errors.Is(err, account.ErrPasskey) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := d.PasskeySignIn(ctx, d.ask(laptop, "alice")); err != nil {
			t.Errorf("the one that is left: %v", err)
		}
		d.hand.at = d.hand.at.Add(time.Hour)
		invited, err := d.Invite(ctx, account.Deed{Actor: "token:default", Name: "alice"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.Accept(ctx, account.Acceptance{Invitation: invited.Invitation, Password: other}); err != nil {
			t.Fatal(err)
		}
		if _, err := d.PasskeySignIn(ctx, d.ask(laptop, "alice")); !errors.Is(err, account.ErrPasskey) {
			t.Errorf("after a new invitation: %v", err)
		}
		d.must(d.signIn("alice", other, ""))
	})
}

func TestASuspendedOperatorsPasskeyLetsNobodyIn(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	d := newDesk(t, memstore.New())
	device := d.add(d.must(d.signIn("alice", password, "")), "laptop")
	if _, err := d.Add(ctx, account.Addition{Actor: "a", Name: "root", Roles: []operator.Role{operator.Admin}}); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Change(ctx, account.Change{Deed: account.Deed{Actor: "a", Name: "alice"}, Suspended: new(true)}); err != nil {
		t.Fatal(err)
	}
	if _, err := d.PasskeySignIn(ctx, d.ask(device, "alice")); !errors.Is(err, account.ErrPasskey) {
		t.Errorf("it gives %v", err)
	}
}

func TestNobodyHasTooManyPasskeys(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	d := newDesk(t, memstore.New())
	who := d.must(d.signIn("alice", password, ""))
	for range 10 {
		d.add(who, strings.Repeat("k", 64))
	}
	if _, err := d.BeginAddition(ctx, who, site()); !errors.Is(err, account.ErrPasskeys) {
		t.Errorf("the eleventh: %v", err)
	}
}

func TestWhatIsDoneWithPasskeysIsInTheAudit(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	s := memstore.New()
	d := newDesk(t, s)
	who := d.must(d.signIn("alice", password, ""))
	device := d.add(who, "laptop")
	if _, err := d.PasskeySignIn(ctx, d.ask(device, "alice")); err != nil {
		t.Fatal(err)
	}
	key := d.operator("alice").Passkeys[0]
	if _, err := d.RenamePasskey(ctx, who, account.PasskeyID(&key), "notebook"); err != nil {
		t.Fatal(err)
	}
	if err := d.RemovePasskey(ctx, who, account.PasskeyID(&key)); err != nil {
		t.Fatal(err)
	}
	var said []string
	if err := s.Read(ctx, func(tx store.ReadTx) error {
		entries, err := tx.UnsealedAudit(ctx, store.Platform, 0, 100)
		for _, e := range entries {
			if strings.Contains(e.Action, "passkey") {
				said = append(said, e.Actor+" "+e.Action+" "+e.Object+" "+e.Before+" "+e.After)
			}
			if strings.Contains(e.Before+e.After, key.ID) {
				t.Errorf("an entry holds the id of the key: %s", e.After)
			}
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	want := []string{
		`operator:alice manage.account.passkeys.add operator/alice`,
		`operator:alice manage.sessions.passkey operator/alice`,
		`operator:alice manage.account.passkeys.rename operator/alice`,
		`operator:alice manage.account.passkeys.remove operator/alice`,
	}
	if len(said) != len(want) {
		t.Fatalf("the audit says %q", said)
	}
	for i := range want {
		if !strings.HasPrefix(said[i], want[i]) {
			t.Errorf("entry %d is %q", i, said[i])
		}
	}
	renamed := `{"passkeys":["laptop"]} {"passkeys":["notebook"]}`
	if !strings.Contains(said[0], "laptop") || !strings.HasSuffix(said[2], renamed) || !strings.Contains(said[3], "notebook") {
		t.Errorf("the audit does not name the passkey: %q", said)
	}
}

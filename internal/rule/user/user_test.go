package user_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
)

type registry []user.User

func (r registry) UserByOpenID(_ context.Context, id user.OpenID) (user.User, error) {
	for _, u := range r {
		if u.OpenID == id {
			return u, nil
		}
	}
	return user.User{}, user.ErrNotFound
}

func (r registry) UserByAccount(_ context.Context, id user.ID, appid merchant.AppID) (user.User, error) {
	for _, u := range r {
		if u.ID == id && u.AppID == appid {
			return u, nil
		}
	}
	return user.User{}, user.ErrNotFound
}

type broken struct{ registry }

func (broken) UserByOpenID(context.Context, user.OpenID) (user.User, error) {
	return user.User{}, io.ErrUnexpectedEOF
}

const openid = user.OpenID("oUpF8uMuAJO_M2pxb1Q9zNjWeS6o")

func TestARegisteredOpenIDBelongsToOneAppID(t *testing.T) {
	t.Parallel()
	known := registry{{AppID: "wx1", OpenID: openid, ID: user.ID{1}, Known: true}}
	for _, p := range []user.Policy{{}, {AutoRegister: true}} {
		if u, err := p.Resolve(t.Context(), known, "wx1", openid); err != nil || u.ID != (user.ID{1}) {
			t.Errorf("%+v: %+v, %v", p, u, err)
		}
		if _, err := p.Resolve(t.Context(), known, "wx2", openid); !errors.Is(err, user.ErrUnknown) {
			t.Errorf("%+v: under another appid gives %v", p, err)
		}
	}
}

func TestASandboxTakesWellFormedOpenIDsAndProductionDoesNot(t *testing.T) {
	t.Parallel()
	sandbox, production := user.Policy{AutoRegister: true}, user.Policy{}
	u, err := sandbox.Resolve(t.Context(), registry{}, "wx1", openid)
	if err != nil || u.Known || u.ID == (user.ID{}) || u.Person != u.ID {
		t.Errorf("sandbox: %+v, %v", u, err)
	}
	if again, err := sandbox.Resolve(t.Context(), registry{}, "wx1", openid); err != nil || again.ID != u.ID {
		t.Errorf("the account changed from %s to %s, %v", u.ID, again.ID, err)
	}
	if other, err := sandbox.Resolve(t.Context(), registry{}, "wx2", openid); err != nil || other.ID == u.ID {
		t.Errorf("the same account under another appid: %v", err)
	}
	if _, err := production.Resolve(t.Context(), registry{}, "wx1", openid); !errors.Is(err, user.ErrUnknown) {
		t.Errorf("production gives %v", err)
	}
	for _, bad := range []user.OpenID{"", "short", user.OpenID(strings.Repeat("o", 29)), "oUpF8uMuAJO_M2pxb1Q9zNjWeS6 ", "oUpF8uMuAJO_M2pxb1Q9zNjWeS信"} {
		if _, err := sandbox.Resolve(t.Context(), registry{}, "wx1", bad); !errors.Is(err, user.ErrUnknown) {
			t.Errorf("%q gives %v", bad, err)
		}
	}
}

func TestAnAccountHasAnOpenIDUnderEachAppID(t *testing.T) {
	t.Parallel()
	holder := user.User{AppID: "wx1", OpenID: openid, ID: user.ID{1}, Person: user.ID{2}, Known: true}
	linked := user.User{AppID: "wx2", OpenID: "oLinked", ID: user.ID{1}, Known: true}
	sandbox, production := user.Policy{AutoRegister: true}, user.Policy{}

	if u, err := production.Under(t.Context(), registry{}, holder, "wx1"); err != nil || u != holder {
		t.Errorf("under its own appid: %+v, %v", u, err)
	}
	if u, err := production.Under(t.Context(), registry{linked}, holder, "wx2"); err != nil || u != linked {
		t.Errorf("linked: %+v, %v", u, err)
	}
	if _, err := production.Under(t.Context(), registry{}, holder, "wx2"); !errors.Is(err, user.ErrUnknown) {
		t.Errorf("production, not linked: %v", err)
	}
	u, err := sandbox.Under(t.Context(), registry{}, holder, "wx2")
	if err != nil || u.Known || u.ID != holder.ID || u.Person != holder.Person || len(u.OpenID) != 28 || u.OpenID[0] != 'o' {
		t.Errorf("sandbox, not linked: %+v, %v", u, err)
	}
	if again, _ := sandbox.Under(t.Context(), registry{}, holder, "wx2"); again.OpenID != u.OpenID {
		t.Error("the openid changed")
	}
}

func TestAFailedLookupIsNotAnUnknownUser(t *testing.T) {
	t.Parallel()
	if _, err := (user.Policy{AutoRegister: true}).Resolve(t.Context(), broken{}, "wx1", openid); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("gives %v", err)
	}
}

package server_test

import (
	"encoding/base64"
	"net/http"
	"net/url"

	"github.com/favord/favord/internal/base/webauthn"
	"github.com/favord/favord/internal/base/webauthn/softkey"
	"github.com/favord/favord/wire/manage"
)

// officePage is where people open the port of an office.
func officePage() *url.URL { return &url.URL{Scheme: "https", Host: "office.example.com"} }

// holder is a person with a passkey.
type holder struct {
	name, handle string
	cookie       *http.Cookie
	device       *softkey.Device
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// beginner is a person about to show a new passkey.
func (o *office) beginner() (h holder, body object) {
	o.t.Helper()
	h.name = o.person()
	h.cookie = o.session(h.name)
	asked := o.mustBe(asking{method: http.MethodPost, target: "/manage/v1/account/passkeys/begin", cookie: h.cookie})
	h.handle = asked.text("user_handle")
	h.device = softkey.New(o.t, webauthn.Party{ID: asked.text("rp_id"), Origin: officePage().String()})
	c := h.device.Create(asked.text("challenge"))
	return h, object{
		"label": "laptop", "credential_id": b64(c.ID), "client_data": b64(c.ClientData),
		"authenticator_data": b64(c.AuthenticatorData), "public_key": b64(c.Public),
	}
}

// holder adds a passkey.
func (o *office) holder() (h holder, id string) {
	o.t.Helper()
	h, body := o.beginner()
	added := o.mustBe(asking{method: http.MethodPost, target: "/manage/v1/account/passkeys", cookie: h.cookie, body: body})
	return h, added.text("passkey_id")
}

// shows is what a person shows with a passkey.
func (o *office) shows(h *holder) object {
	o.t.Helper()
	asked := o.must(http.MethodPost, "sessions/passkey/begin", nil)
	a := h.device.Get(asked.text("challenge"))
	return object{
		"credential_id": b64(h.device.ID), "client_data": b64(a.ClientData), "authenticator_data": b64(a.AuthenticatorData),
		"signature": b64(a.Signature), "user_handle": h.handle,
	}
}

// passkeyDeeds are what people do with passkeys.
func passkeyDeeds() map[string]deed {
	return map[string]deed{
		manage.BeginPasskey: {silent: "nothing counts until it is answered", unstored: true, make: func(*office) asking {
			return ask(http.MethodPost, "sessions/passkey/begin", nil)
		}},
		manage.CreatePasskeySession: {again: http.StatusUnauthorized, make: func(o *office) asking {
			h, _ := o.holder()
			return ask(http.MethodPost, "sessions/passkey", o.shows(&h))
		}},
		manage.ProvePasskey: {silent: "it is noted in the session alone", again: http.StatusConflict, make: func(o *office) asking {
			h, _ := o.holder()
			return asking{method: http.MethodPost, target: "/manage/v1/sessions/current/prove/passkey", cookie: h.cookie, body: o.shows(&h)}
		}},
		manage.BeginNewPasskey: {silent: "nothing counts until it is answered", make: func(o *office) asking {
			return asking{method: http.MethodPost, target: "/manage/v1/account/passkeys/begin", cookie: o.session(o.person())}
		}},
		manage.AddPasskey: {before: true, again: http.StatusConflict, make: func(o *office) asking {
			h, body := o.beginner()
			return asking{method: http.MethodPost, target: "/manage/v1/account/passkeys", cookie: h.cookie, body: body}
		}},
		manage.RenamePasskey: {before: true, renewed: true, make: func(o *office) asking {
			h, id := o.holder()
			target := "/manage/v1/account/passkeys/" + id
			return asking{method: http.MethodPatch, target: target, cookie: h.cookie, body: object{"label": "notebook"}}
		}},
		manage.RemovePasskey: {before: true, again: http.StatusNotFound, make: func(o *office) asking {
			h, id := o.holder()
			return asking{method: http.MethodDelete, target: "/manage/v1/account/passkeys/" + id, cookie: h.cookie}
		}},
		manage.RemoveOperatorPasskey: {before: true, again: http.StatusNotFound, make: func(o *office) asking {
			h, id := o.holder()
			return ask(http.MethodDelete, "operators/"+h.name+"/passkeys/"+id, nil)
		}},
	}
}

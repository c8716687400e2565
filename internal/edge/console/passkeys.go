package console

import (
	"context"
	"encoding/base64"
	"errors"
	"net"
	"net/http"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/base/webauthn"
	"github.com/favord/favord/internal/platform/account"
	"github.com/favord/favord/internal/rule/operator"
	"github.com/favord/favord/wire/manage"
	"github.com/favord/favord/wire/schema"
)

// Refusals about passkeys.
var (
	errNoParty = fault.New(fault.Refused,
		"通行密钥须绑定主机名：在本机请用 http://localhost:端口 打开管理台（端口与服务器一致）；从别处访问请设置 manage_url",
		"A passkey is for a host name: on this machine open the console at http://localhost:PORT, with the server's port; "+
			"for elsewhere set manage_url.")
	errOtherPasskey = fault.New(fault.Refused, "这不是您的通行密钥，或它未通过验证", "This is not your passkey, or it was not accepted.")
)

func (s *Server) passkeyHandlers() map[string]handler {
	return map[string]handler{
		manage.BeginPasskey:         s.beginPasskey,
		manage.CreatePasskeySession: boundCall(s.createPasskeySession),
		manage.ProvePasskey:         boundCall(s.provePasskey),
		manage.ListPasskeys:         s.listPasskeys,
		manage.BeginNewPasskey:      s.beginNewPasskey,
		manage.AddPasskey:           boundCall(s.addPasskey),
		manage.RenamePasskey:        bound(s.renamePasskey),
		manage.RemovePasskey:        bound(s.removePasskey),
	}
}

// localhost is the name of this machine; its addresses are no names.
const localhost = "localhost"

// party is who passkeys are for: this machine under its name and at the port where it was asked, so
// that what another server of the machine got from a browser counts nothing here; or the host under
// which people open the port from elsewhere.
func (s *Server) party(c *call) (webauthn.Party, error) {
	if c.local && c.host == net.JoinHostPort(localhost, c.port) {
		scheme := "http"
		if c.secure {
			scheme = "https"
		}
		return webauthn.Party{ID: localhost, Origin: scheme + "://" + c.host}, nil
	}
	if s.Public == nil {
		return webauthn.Party{}, errNoParty
	}
	return webauthn.Party{ID: s.Public.Hostname(), Origin: s.Public.Scheme + "://" + s.Public.Host}, nil
}

// portOf is the port of this machine where a request arrived; empty when that is not known.
func portOf(r *http.Request) string {
	address, is := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	if !is {
		return ""
	}
	_, port, _ := net.SplitHostPort(address.String())
	return port
}

func (s *Server) beginPasskey(_ context.Context, c *call) (any, error) {
	party, err := s.party(c)
	if err == nil && !c.secure && !c.local {
		err = errInsecure
	}
	if err != nil {
		return nil, err
	}
	return &manage.PasskeyQuestion{
		Challenge: s.Account.BeginPasskey(party), RPID: party.ID, TimeoutMS: operator.CeremonyLife.Milliseconds(),
	}, nil
}

func (s *Server) createPasskeySession(ctx context.Context, c *call, req *manage.PasskeyAnswer) (any, error) {
	if !c.secure && !c.local {
		return nil, errInsecure
	}
	shown, err := s.shownPasskey(c, req)
	if err != nil {
		return nil, err
	}
	in, err := s.Account.PasskeySignIn(ctx, shown)
	if err != nil {
		return nil, err
	}
	setCookie(c, in.Secret)
	return s.sessionAnswer(signedCaller(account.Signed{Operator: in.Operator})), nil
}

func (s *Server) provePasskey(ctx context.Context, c *call, req *manage.PasskeyAnswer) (any, error) {
	who, err := person(ctx)
	if err != nil {
		return nil, err
	}
	shown, err := s.shownPasskey(c, req)
	if err != nil {
		return nil, err
	}
	err = s.Account.ProvePasskey(ctx, who, shown)
	if errors.Is(err, account.ErrPasskey) || errors.Is(err, account.ErrPasskeyCopied) { // the session is none the worse: no 401
		err = errOtherPasskey
	}
	if err != nil {
		return nil, err
	}
	return s.sessionAnswer(callerOf(ctx)), nil
}

// shownPasskey is a passkey as the account looks at it.
func (s *Server) shownPasskey(c *call, req *manage.PasskeyAnswer) (account.Shown, error) {
	party, err := s.party(c)
	if err != nil {
		return account.Shown{}, err
	}
	shown := account.Shown{Party: party, Address: c.source, Agent: c.agent}
	return shown, decodeAll(
		binary{"credential_id", req.CredentialID, &shown.ID}, binary{"client_data", req.ClientData, &shown.ClientData},
		binary{"authenticator_data", req.AuthenticatorData, &shown.AuthenticatorData}, binary{"signature", req.Signature, &shown.Signature},
		binary{"user_handle", req.UserHandle, &shown.Handle},
	)
}

// binary is a field in base64url, and where its bytes go.
type binary struct {
	field, text string
	to          *[]byte
}

func decodeAll(fields ...binary) error {
	for _, f := range fields {
		b, err := base64.RawURLEncoding.DecodeString(f.text)
		if err != nil {
			return fault.New(fault.Invalid, f.field+" 须为base64url，不含填充", f.field+" must be base64url without padding.").At(f.field, "")
		}
		*f.to = b
	}
	return nil
}

func (s *Server) listPasskeys(ctx context.Context, _ *call) (any, error) {
	who, err := person(ctx)
	if err != nil {
		return nil, err
	}
	return passkeysAnswer(&who.Operator), nil
}

func passkeysAnswer(o *operator.Operator) *manage.PasskeyList {
	answer := &manage.PasskeyList{Passkeys: []manage.Passkey{}}
	for i := range o.Passkeys {
		answer.Passkeys = append(answer.Passkeys, *passkeyAnswer(&o.Passkeys[i]))
	}
	return answer
}

func passkeyAnswer(p *operator.Passkey) *manage.Passkey {
	return &manage.Passkey{
		PasskeyID: account.PasskeyID(p), Label: p.Name, Host: account.PasskeyHost(p), Synced: account.PasskeySynced(p),
		CreateTime: schema.TimeOf(p.Created),
	}
}

func (s *Server) beginNewPasskey(ctx context.Context, c *call) (any, error) {
	who, err := s.proven(ctx)
	if err != nil {
		return nil, err
	}
	party, err := s.party(c)
	if err != nil {
		return nil, err
	}
	asked, err := s.Account.BeginAddition(ctx, who, party)
	if err != nil {
		return nil, err
	}
	answer := &manage.NewPasskeyQuestion{
		Challenge: asked.Challenge, RPID: party.ID, TimeoutMS: operator.CeremonyLife.Milliseconds(),
		UserHandle: base64.RawURLEncoding.EncodeToString(asked.Handle), Name: who.Operator.Name, Display: who.Operator.Display,
		Algorithms: webauthn.Algorithms(), Exclude: append([]string{}, asked.Known...),
	}
	if answer.Display == "" {
		answer.Display = answer.Name
	}
	return answer, nil
}

// addPasskey needs no fresh password: the question that is answered needed one.
func (s *Server) addPasskey(ctx context.Context, c *call, req *manage.AddPasskeyRequest) (any, error) {
	who, err := person(ctx)
	if err != nil {
		return nil, err
	}
	n := account.NewPasskey{Name: req.Label}
	if n.Party, err = s.party(c); err != nil {
		return nil, err
	}
	if err := decodeAll(
		binary{"credential_id", req.CredentialID, &n.ID}, binary{"client_data", req.ClientData, &n.ClientData},
		binary{"authenticator_data", req.AuthenticatorData, &n.AuthenticatorData}, binary{"public_key", req.PublicKey, &n.Public},
	); err != nil {
		return nil, err
	}
	added, err := s.Account.AddPasskey(ctx, who, n)
	if err != nil {
		return nil, err
	}
	return passkeyAnswer(&added), nil
}

// renamePasskey needs no fresh password: what a passkey is called lets nobody in.
func (s *Server) renamePasskey(ctx context.Context, req *manage.RenamePasskeyRequest) (any, error) {
	who, err := person(ctx)
	if err != nil {
		return nil, err
	}
	renamed, err := s.Account.RenamePasskey(ctx, who, req.PasskeyID, req.Label)
	if err != nil {
		return nil, err
	}
	return passkeyAnswer(&renamed), nil
}

func (s *Server) removePasskey(ctx context.Context, req *manage.PasskeyRequest) (any, error) {
	who, err := s.proven(ctx)
	if err != nil {
		return nil, err
	}
	return nil, s.Account.RemovePasskey(ctx, who, req.PasskeyID)
}

func (s *Server) listOperatorPasskeys(ctx context.Context, req *manage.OperatorRequest) (any, error) {
	o, err := s.Account.Operator(ctx, req.Name)
	if err != nil {
		return nil, err
	}
	return passkeysAnswer(&o), nil
}

func (s *Server) removeOperatorPasskey(ctx context.Context, req *manage.OperatorPasskeyRequest) (any, error) {
	return nil, s.Account.RemoveLostPasskey(ctx, account.Deed{Actor: actorOf(ctx), Name: req.Name}, req.PasskeyID)
}

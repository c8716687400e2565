package console

import (
	"context"
	"crypto/subtle"
	"errors"
	"net/http"
	"strings"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/platform/account"
	"github.com/favord/favord/internal/rule/operator"
	"github.com/favord/favord/wire"
)

// Refusals of callers.
var (
	errElsewhere = fault.New(fault.Forbidden,
		"管理端口只接受本机程序的请求；要从别处访问，请设置令牌",
		"Without a token, the management port answers only programs on the same machine.")
	errToken   = fault.New(fault.Unauthenticated, "缺少管理令牌，或令牌有误", "The management token is missing or wrong.")
	errNoToken = fault.New(fault.Forbidden,
		"未设置管理令牌（manage_token_file），也没有管理员，管理接口已关闭",
		"No management token is set (manage_token_file) and there is no operator, so nothing can be managed.")
	errInsecure = fault.New(fault.Forbidden,
		"登录需要HTTPS：请为管理端口设置manage_tls，或在其前放置受信任的HTTPS反向代理（trusted_proxies）",
		"Signing in needs HTTPS: set manage_tls, or put a trusted proxy that speaks HTTPS before the management port (trusted_proxies).")
	errNoPerson      = fault.New(fault.Refused, "只有登录的管理员才有账号", "Only an operator who has signed in has an account.")
	errWrongPassword = fault.New(fault.Refused, "密码有误", "The password is wrong.").At("password", "")
	errEnroll        = fault.New(fault.Forbidden,
		"您的角色须先启用两步验证，请在“我的账号”中启用",
		"Your roles need a second factor. Set one up on the page of your account.")
	errProof = fault.New(fault.Forbidden, "请再次验证密码或通行密钥后重试", "Show your password or a passkey again, then repeat this.")
)

// anyone is admitted without showing anything; web pages of other origins are not.
func (s *Server) anyone(r *http.Request) error {
	if err := s.origin.Check(r); err != nil {
		return errors.Join(errElsewhere, err)
	}
	// A merchant may have the notifications of another sandbox of this machine sent here.
	if r.Header.Get(apiv3.HeaderSignature) != "" {
		return errCallback
	}
	return nil
}

// admit finds out who asks, and keeps out whoever shows nothing that counts. A sandbox without
// a token lets its own machine in, but no web page, even if it made a name of its own lead here.
func (s *Server) admit(r *http.Request) (caller, error) {
	if err := s.anyone(r); err != nil {
		return caller{}, err
	}
	token := *s.token.Load()
	shown, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if bearer && (!s.open(r, token) || account.IsToken(shown)) {
		return s.program(r.Context(), shown, token)
	}
	if cookie, err := r.Cookie(cookieName(s.secure(r))); err == nil && s.Account != nil {
		who, err := s.Account.Session(r.Context(), cookie.Value)
		if err == nil || !s.open(r, token) || !errors.Is(err, account.ErrSession) {
			return signedCaller(who), err
		}
	}
	return s.unknown(r, token)
}

// program is who shows a token: that of the configuration, or one by name.
func (s *Server) program(ctx context.Context, shown, token string) (caller, error) {
	if isAmong(shown, token) {
		return caller{actor: fileToken, roles: []operator.Role{operator.Admin}}, nil
	}
	if s.Account == nil {
		return caller{}, errToken
	}
	c, err := s.Account.Token(ctx, shown)
	if errors.Is(err, account.ErrSession) {
		return caller{}, errToken
	}
	return caller{actor: "token:" + c.Name, roles: c.Roles}, err
}

// isAmong reports whether a token is one of those of the configuration, which stand one a line.
func isAmong(shown, tokens string) bool {
	found := 0
	for token := range strings.SplitSeq(tokens, "\n") {
		if token != "" {
			found |= subtle.ConstantTimeCompare([]byte(shown), []byte(token))
		}
	}
	return found == 1
}

// open reports whether whoever uses this machine may manage without showing anything.
func (s *Server) open(r *http.Request, token string) bool {
	return s.Sandbox && token == "" && isLoopback(r.Host) && isLoopback(r.RemoteAddr)
}

// unknown is who shows nothing.
func (s *Server) unknown(r *http.Request, token string) (caller, error) {
	switch {
	case s.open(r, token):
		return caller{actor: ownMachine, roles: []operator.Role{operator.Admin}}, nil
	case token == "" && s.Sandbox:
		return caller{}, errElsewhere
	case token == "":
		if s.Account != nil {
			if has, err := s.Account.HasOperators(r.Context()); err != nil || has {
				return caller{}, errors.Join(account.ErrSession, err)
			}
		}
		return caller{}, errNoToken
	}
	return caller{}, errToken
}

// signedCaller is who has signed in.
func signedCaller(who account.Signed) caller {
	return caller{actor: "operator:" + who.Operator.Name, roles: who.Operator.Roles, signed: &who}
}

// limited reports a person whose roles wait for a second factor.
func (c *caller) limited() bool {
	return c.signed != nil && operator.NeedsSecondFactor(c.roles) && !c.signed.Operator.SecondFactor()
}

// secure reports whether a request came over TLS, or over TLS to a proxy that is trusted to say so.
func (s *Server) secure(r *http.Request) bool {
	return r.TLS != nil || s.Proxies.Forwards(r) && r.Header.Get("X-Forwarded-Proto") == "https"
}

// fresh refuses a person who changes who may do what, keys or money and has not shown the
// password just now: whoever sits down at an open browser may look, and no more.
func (s *Server) fresh(who caller, op *wire.Operation) error {
	grave := op.Changes() && (op.Duty == wire.DutyOperators || op.Duty == wire.DutyEnroll || op.Duty == wire.DutyMoney)
	if grave && who.signed != nil && !who.signed.Session.Proved(s.Time.Now()) {
		return errProof
	}
	return nil
}

// dutyOf is a duty as the tables name it.
func dutyOf(d operator.Duty) wire.Duty { return wire.Duty(d) }

// codeOf is the code of a refusal that the console's pages act upon; empty for all others.
func codeOf(err error) string {
	switch {
	case errors.Is(err, errProof):
		return "PROOF_REQUIRED"
	case errors.Is(err, errEnroll):
		return "SECOND_FACTOR_REQUIRED"
	case errors.Is(err, account.ErrCodeNeeded):
		return "CODE_REQUIRED"
	case errors.Is(err, account.ErrPasskeyNeeded):
		return "PASSKEY_REQUIRED"
	}
	return ""
}

package console

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/qr"

	"github.com/favord/favord/internal/edge/serve"
	"github.com/favord/favord/internal/platform/account"
	"github.com/favord/favord/internal/rule/operator"
	"github.com/favord/favord/wire/manage"
	"github.com/favord/favord/wire/schema"
)

func (s *Server) sessionHandlers() map[string]handler {
	return map[string]handler{
		manage.CreateSession:    boundCall(s.createSession),
		manage.GetSession:       s.getSession,
		manage.EndSession:       s.endSession,
		manage.ListSessions:     s.listSessions,
		manage.RemoveSession:    bound(s.removeSession),
		manage.ProveSession:     boundCall(s.proveSession),
		manage.ShowInvitation:   bound(s.showInvitation),
		manage.AcceptInvitation: bound(s.acceptInvitation),
		manage.SetPassword:      bound(s.setPassword),
		manage.BeginTOTP:        s.beginTOTP,
		manage.ConfirmTOTP:      bound(s.confirmTOTP),
		manage.RemoveTOTP:       s.removeTOTP,
	}
}

// boundCall is bound for what needs more of the call than its fields.
func boundCall[T any](fn func(ctx context.Context, c *call, req *T) (any, error)) handler {
	return func(ctx context.Context, c *call) (any, error) {
		req, err := serve.Bind[T](c.operation, &serve.Request{Target: c.target, Path: c.path, Body: c.body})
		if err != nil {
			return nil, err
		}
		return fn(ctx, c, req)
	}
}

func (s *Server) createSession(ctx context.Context, c *call, req *manage.CreateSessionRequest) (any, error) {
	if !c.secure && !c.local {
		return nil, errInsecure
	}
	in, err := s.Account.SignIn(ctx, account.Login{Name: req.Name, Password: req.Password, Code: req.Code, Address: c.source, Agent: c.agent})
	if err != nil {
		return nil, err
	}
	setCookie(c, in.Secret)
	return s.sessionAnswer(signedCaller(account.Signed{Operator: in.Operator})), nil
}

func (s *Server) getSession(ctx context.Context, _ *call) (any, error) {
	return s.sessionAnswer(callerOf(ctx)), nil
}

func (s *Server) sessionAnswer(who caller) *manage.Session {
	answer := &manage.Session{Actor: who.actor, Roles: texts(who.roles), Duties: []string{}, Mode: "production"}
	if s.Sandbox {
		answer.Mode = "sandbox"
	}
	for _, d := range operator.DutiesOf(who.roles) {
		if who.demand(dutyOf(d)) == nil {
			answer.Duties = append(answer.Duties, string(d))
		}
	}
	if who.signed != nil {
		o := &who.signed.Operator
		answer.SignedIn, answer.Name, answer.Display = true, o.Name, o.Display
		answer.TOTP, answer.Passkeys, answer.NeedsSecondFactor = o.TOTP, int64(len(o.Passkeys)), who.limited()
	}
	return answer
}

func (s *Server) endSession(ctx context.Context, c *call) (any, error) {
	setCookie(c, "")
	who, err := person(ctx)
	if err != nil {
		return nil, err
	}
	return nil, s.Account.EndSession(ctx, who.Operator.Name, account.SessionID(&who.Session))
}

func (s *Server) listSessions(ctx context.Context, _ *call) (any, error) {
	who, err := person(ctx)
	if err != nil {
		return nil, err
	}
	list, err := s.Account.Sessions(ctx, who.Operator.Name)
	if err != nil {
		return nil, err
	}
	answer := &manage.SessionList{Sessions: []manage.OpenSession{}}
	for i := range list {
		c := &list[i]
		answer.Sessions = append(answer.Sessions, manage.OpenSession{
			SessionID: account.SessionID(c), Current: c.Digest == who.Session.Digest, Address: c.Address, Agent: c.Agent,
			CreateTime: schema.TimeOf(c.Created), SeenTime: schema.TimeOf(c.Seen), ExpireTime: schema.TimeOf(c.Expires),
		})
	}
	return answer, nil
}

func (s *Server) removeSession(ctx context.Context, req *manage.SessionRequest) (any, error) {
	who, err := person(ctx)
	if err != nil {
		return nil, err
	}
	return nil, s.Account.EndSession(ctx, who.Operator.Name, req.SessionID)
}

func (s *Server) proveSession(ctx context.Context, _ *call, req *manage.ProveSessionRequest) (any, error) {
	who, err := person(ctx)
	if err == nil {
		err = s.Account.Prove(ctx, who, req.Password)
	}
	if errors.Is(err, account.ErrSignIn) { // the session is none the worse: no 401
		err = errWrongPassword
	}
	if err != nil {
		return nil, err
	}
	return s.sessionAnswer(callerOf(ctx)), nil
}

func (s *Server) showInvitation(ctx context.Context, req *manage.ShowInvitationRequest) (any, error) {
	o, err := s.Account.Invitation(ctx, req.Invitation)
	if err != nil {
		return nil, err
	}
	return &manage.Invitation{First: o.Name == "", Name: o.Name, Display: o.Display, Roles: texts(o.Roles)}, nil
}

func (s *Server) acceptInvitation(ctx context.Context, req *manage.AcceptInvitationRequest) (any, error) {
	o, err := s.Account.Accept(ctx, account.Acceptance{
		Invitation: req.Invitation, Name: req.Name, Display: req.Display, Password: req.Password,
	})
	if err != nil {
		return nil, err
	}
	return operatorAnswer(&o), nil
}

func (s *Server) setPassword(ctx context.Context, req *manage.SetPasswordRequest) (any, error) {
	who, err := person(ctx)
	if err == nil {
		err = s.Account.SetPassword(ctx, who, req.Before, req.Password)
	}
	if errors.Is(err, account.ErrSignIn) {
		err = errWrongPassword
	}
	return nil, err
}

// proven returns who has signed in and shown the password just now.
func (s *Server) proven(ctx context.Context) (account.Signed, error) {
	who, err := person(ctx)
	if err == nil && !who.Session.Proved(s.Time.Now()) {
		err = errProof
	}
	return who, err
}

func (s *Server) beginTOTP(ctx context.Context, _ *call) (any, error) {
	who, err := s.proven(ctx)
	if err != nil {
		return nil, err
	}
	e, err := s.Account.BeginTOTP(ctx, who)
	if err != nil {
		return nil, err
	}
	answer := &manage.TOTPEnrollment{Secret: e.Secret, URL: e.URL}
	answer.QRSize, answer.QRPath, err = drawQR(e.URL)
	return answer, err
}

// drawQR returns a QR code as a path of squares.
func drawQR(text string) (size int64, path string, err error) {
	const quiet = 4
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return 0, "", fmt.Errorf("draw code: %w", err)
	}
	var b strings.Builder
	side := code.Bounds().Dx()
	for y := range side {
		for x := range side {
			if dark(code, x, y) {
				fmt.Fprintf(&b, "M%d %dh1v1h-1z", x+quiet, y+quiet)
			}
		}
	}
	return int64(side + 2*quiet), b.String(), nil
}

func dark(code barcode.Barcode, x, y int) bool {
	r, _, _, _ := code.At(x, y).RGBA()
	return r == 0
}

func (s *Server) confirmTOTP(ctx context.Context, req *manage.ConfirmTOTPRequest) (any, error) {
	who, err := s.proven(ctx)
	if err != nil {
		return nil, err
	}
	codes, err := s.Account.ConfirmTOTP(ctx, who, req.Code)
	if err != nil {
		return nil, err
	}
	return &manage.RecoveryCodes{Codes: codes}, nil
}

func (s *Server) removeTOTP(ctx context.Context, _ *call) (any, error) {
	who, err := s.proven(ctx)
	if err != nil {
		return nil, err
	}
	return nil, s.Account.RemoveTOTP(ctx, who)
}

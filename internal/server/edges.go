package server

import (
	"context"
	"strings"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/edge/console"
	"github.com/favord/favord/internal/edge/httpapi"
	"github.com/favord/favord/internal/platform/notify"
	"github.com/favord/favord/internal/sandbox"
	"github.com/favord/favord/internal/store"
)

// newAPIs makes the signed edge, and another one that keeps nothing.
func (s *Server) newAPIs(can capabilities, business clock.Business, faults *sandbox.Faults) (err error) {
	if s.apiEdge, err = httpapi.New(s.apiOver(can, s.notify, faults)); err != nil {
		return err
	}
	in := store.Dry(s.store)
	dry := s.capabilities(in, business)
	told, err := s.notifier(in, dry, business, nil)
	if err != nil {
		return err
	}
	c := s.apiOver(dry, told, nil)
	c.Dry, c.Metrics, c.Named = true, nil, nil
	s.dryEdge, err = httpapi.New(c)
	return err
}

// apiOver is what a signed edge needs.
func (s *Server) apiOver(can capabilities, told *notify.Service, faults *sandbox.Faults) httpapi.Config {
	return httpapi.Config{
		Keyring:     s.keyring,
		Clock:       s.config.Clock,
		Campaign:    can.campaign,
		Issue:       can.issue,
		Redeem:      can.redeem,
		Wallet:      can.wallet,
		Subsidy:     can.money.subsidy,
		Card:        can.money.card,
		Media:       can.media,
		Partnership: can.partnership,
		Promotion:   can.vouchers.promotion,
		Grant:       can.vouchers.grant,
		Purse:       can.vouchers.purse,
		Rail:        can.vouchers.rail,
		Statement:   can.vouchers.statement,
		Redirected:  s.redirected,
		Named:       s.noteNamed(),
		FileBase:    strings.TrimSuffix(s.config.MediaBaseURL, "/"),
		Notify:      told,
		Gate:        s.gates.api,
		Held:        s.gates.held,
		Leaving:     s.leaving,
		Unlimited:   s.config.Unlimited,
		Proxies:     s.config.Proxies,
		Misses:      httpapi.Misses(s.config.Misses),
		Faults:      faults, Journal: s.journal, Metrics: s.metrics, Traces: s.traces, Log: s.config.Log,
	}
}

// newConsole is the management edge, which makes calls at the signed one; moved is nil outside
// a sandbox.
func (s *Server) newConsole(can capabilities, moved *sandbox.Clock, faults *sandbox.Faults) (*console.Server, error) {
	return console.New(console.Config{
		Make: func(ctx context.Context, c console.Call) (console.Answer, error) {
			edge := s.apiEdge
			if c.IsDry {
				edge = s.dryEdge
			}
			got, err := edge.Act(ctx, httpapi.Action{
				MchID: c.MchID, Method: c.Method, Target: c.Target, Body: c.Body, Header: c.Header, SentAt: c.SentAt,
			})
			return console.Answer(got), err
		},
		Access:  s.access,
		Examine: s.examine, Drawn: s.drawn,
		Version: s.config.Version, APIURL: s.APIURL(), Sandbox: s.config.Mode == store.Sandbox,
		Token:      s.config.ManageToken,
		Operations: httpapi.Operations(), Checks: s.checks(), Warnings: s.warnings, Time: s.config.Clock, Log: s.config.Log,
		Clock: moved, Faults: faults, Snapshots: s.snapshots(moved),
		Campaign: can.campaign, Wallet: can.wallet, Redeem: can.redeem, Issue: can.issue,
		Ledger: can.money.ledger, Order: can.money.order, Subsidy: can.money.subsidy,
		Card: can.money.card, Statistics: can.money.statistics,
		Attention: can.money.attention, Promotion: can.vouchers.promotion, Purse: can.vouchers.purse,
		Grant: can.vouchers.grant, Rail: can.vouchers.rail, Journal: s.journal, Notify: s.notify,
		Registry: can.registry, Keyring: s.keyring,
		Public: s.config.Public, Account: can.account, Audit: can.audit, Drafts: can.drafts, Statement: can.vouchers.statement,
		Retention: s.retention,
		Proof:     s.proof, Proxies: s.config.Proxies,
		Metrics: s.metrics, Traces: s.traces,
	})
}

// checks are what must be well for calls to be accepted.
func (s *Server) checks() []console.Check {
	return []console.Check{
		{Name: "database", Run: s.store.Ready},
		{Name: "disk", Run: s.store.Room},
		{Name: "key_file", Run: s.keyring.Verify},
	}
}

// FirstRun returns where the first operator chooses a name and a password; empty when there is an
// operator.
func (s *Server) FirstRun(ctx context.Context) (string, error) {
	invitation, err := s.account.FirstRun(ctx)
	if err != nil || invitation == "" {
		return "", err
	}
	base := s.ConsoleURL()
	if s.config.Public != nil {
		base = s.config.Public.String() + "/"
	}
	return base + "setup#" + invitation, nil
}

// ConsoleURL is where a browser finds the console.
func (s *Server) ConsoleURL() string { return s.ManageURL() + "/" }

// Mode is what the server is for.
func (s *Server) Mode() store.Mode { return s.config.Mode }

package server

import (
	"context"
	"math/rand/v2"
	"net"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/base/outbound"
	"github.com/favord/favord/internal/platform/notify"
	"github.com/favord/favord/internal/rule/delivery"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/sandbox"
	"github.com/favord/favord/internal/store"
)

// outward opens the way out: to the internet and to what the operator opened, in a sandbox
// also to this machine.
func (s *Server) outward() (*outbound.Client, error) {
	out, err := outbound.New(outbound.Options{Policy: outbound.Policy{
		Loopback: s.config.Mode == store.Sandbox, Networks: s.config.CallbackNetworks, Ports: s.config.CallbackPorts, Own: s.ownPorts(),
	}})
	if err != nil {
		return nil, fault.New(fault.Refused,
			"notify.networks 中的网段不得大于 /8", "A network in notify.networks is wider than /8.")
	}
	return out, nil
}

// ownPorts are those on which the server listens.
func (s *Server) ownPorts() (ports []uint16) {
	listeners := []net.Listener{s.apiPort, s.managePort}
	if s.redirect != nil {
		listeners = append(listeners, s.redirect)
	}
	for _, port := range listeners {
		if address, is := port.Addr().(*net.TCPAddr); is {
			ports = append(ports, address.AddrPort().Port())
		}
	}
	return ports
}

// notifier delivers events.
func (s *Server) notifier(in store.Store, can capabilities, business clock.Business, faults *sandbox.Faults) (*notify.Service, error) {
	out, err := s.outward()
	if err != nil {
		return nil, err
	}
	c := notify.Config{
		Store: in, Directory: can.known, Clock: s.config.Clock, Business: business, Users: can.users, Metrics: s.metrics, Log: s.config.Log,
		Post: out, Sender: s.sender, Tail: s.config.CallbackTail,
	}
	if faults != nil {
		c.Mischief = func(kind delivery.Kind, to merchant.ID) notify.Mischief { return mischief(faults, kind, to) }
	}
	return notify.New(c), nil
}

// noteNamed returns who remembers which keys requests name: in a sandbox alone.
func (s *Server) noteNamed() func(merchant.ID, string) {
	if s.config.Mode != store.Sandbox {
		return nil
	}
	return s.named.Note
}

// sender returns what a notification to a merchant is made with. In a sandbox the key signs
// that the merchant's programs know, as their requests say; in production a migrating
// merchant's notifications move to the public key step by step (protocol 3.5).
func (s *Server) sender(ctx context.Context, to merchant.ID, at time.Time) (notify.Sender, error) {
	keys, err := s.keyring.Of(ctx, to)
	if err != nil {
		return notify.Sender{}, err
	}
	named := s.named.Of(to)
	if s.config.Mode != store.Sandbox {
		named = keys.Migrated(rand.Float64(), at) //nolint:gosec // it shares out notifications; nobody gains by guessing
	}
	n, err := keys.Notifier(named, at)
	return notify.Sender{Signer: n.Signer, Box: n.Box, BoxVersion: n.BoxVersion}, err
}

// faults returns what goes wrong on purpose: nothing outside a sandbox.
func (s *Server) faults() *sandbox.Faults {
	if s.config.Mode != store.Sandbox {
		return nil
	}
	return sandbox.NewFaults(uint64(s.config.Clock.Now().UnixNano()))
}

// overtaken is for how long a callback is held back that shall come after later ones.
const overtaken = 2 * time.Second

// mischief is what a sandbox lets go wrong with a callback.
func mischief(faults *sandbox.Faults, kind delivery.Kind, to merchant.ID) notify.Mischief {
	f, hit := faults.OfCallback(string(kind), to)
	if !hit {
		return notify.Mischief{}
	}
	switch f.Kind { //nolint:exhaustive // the others are about calls
	case sandbox.FaultCallbackDuplicate:
		return notify.Mischief{Duplicate: true}
	case sandbox.FaultCallbackDelay:
		return notify.Mischief{Delay: f.Delay}
	case sandbox.FaultCallbackReorder:
		return notify.Mischief{Delay: overtaken}
	case sandbox.FaultCallbackForged:
		return notify.Mischief{Forged: true}
	case sandbox.FaultCallbackStale:
		return notify.Mischief{Stale: true}
	case sandbox.FaultCallbackProbe:
		return notify.Mischief{Probe: true}
	case sandbox.FaultCallbackEmptyAttach:
		return notify.Mischief{EmptyAttach: true}
	}
	return notify.Mischief{}
}

package server

import (
	"context"
	"net"
	"time"

	"github.com/favord/favord/internal/clock"
	"github.com/favord/favord/internal/fault"
	"github.com/favord/favord/internal/merchant"
	"github.com/favord/favord/internal/notify"
	"github.com/favord/favord/internal/outbound"
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
func (s *Server) notifier(can capabilities, business clock.Business, faults *sandbox.Faults) (*notify.Service, error) {
	out, err := s.outward()
	if err != nil {
		return nil, err
	}
	c := notify.Config{
		Store: s.store, Directory: can.known, Clock: s.config.Clock, Business: business, Users: can.users, Log: s.config.Log,
		Post: out, Sender: s.sender, Tail: s.config.CallbackTail,
	}
	if faults != nil {
		c.Mischief = func(kind store.EventKind, to merchant.ID) notify.Mischief { return mischief(faults, kind, to) }
	}
	return notify.New(c), nil
}

// sender returns what a notification to a merchant is made with.
func (s *Server) sender(ctx context.Context, to merchant.ID, at time.Time) (notify.Sender, error) {
	keys, err := s.keyring.Of(ctx, to)
	if err != nil {
		return notify.Sender{}, err
	}
	n, err := keys.Notifier(at)
	return notify.Sender{Signer: n.Signer, Box: n.Box, BoxVersion: n.BoxVersion}, err
}

// overtaken is for how long a callback is held back that shall come after later ones.
const overtaken = 2 * time.Second

// mischief is what a sandbox lets go wrong with a callback.
func mischief(faults *sandbox.Faults, kind store.EventKind, to merchant.ID) notify.Mischief {
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

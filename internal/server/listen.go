package server

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"syscall"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/edge/serve"
)

func (s *Server) listen(ctx context.Context) (err error) {
	if s.apiPort, err = s.listenAt(ctx, s.config.APIAddress); err != nil {
		return err
	}
	if s.managePort, err = s.listenAt(ctx, s.config.ManageAddress); err != nil {
		return err
	}
	if s.apiPort, err = s.secure(s.apiPort, "tls", s.config.TLS); err != nil {
		return err
	}
	if s.managePort, err = s.secure(s.managePort, "manage_tls", s.config.ManageTLS); err != nil {
		return err
	}
	return s.openRedirect(ctx)
}

// listenAt opens a port, for so many connections and so that no peer takes them all.
func (s *Server) listenAt(ctx context.Context, address string) (net.Listener, error) {
	port, err := listen(ctx, address)
	if err != nil {
		return nil, err
	}
	return serve.NewListener(port, maxConnections, func(peer netip.Addr) string {
		if s.config.Proxies.Trust(peer) {
			return ""
		}
		return serve.SourceOf(peer)
	}), nil
}

func listen(ctx context.Context, address string) (net.Listener, error) {
	var listening net.ListenConfig
	port, err := listening.Listen(ctx, "tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fault.New(fault.Refused,
			fmt.Sprintf("地址 %s 已被占用，请换一个端口", address),
			fmt.Sprintf("The address %s is in use; choose another port.", address))
	}
	if err != nil {
		return nil, fault.New(fault.Refused,
			fmt.Sprintf("无法监听地址 %s：%v", address, err),
			fmt.Sprintf("Cannot listen on %s: %v.", address, err))
	}
	return port, nil
}

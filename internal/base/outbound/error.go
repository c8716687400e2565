package outbound

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"syscall"
)

// Why there was no answer. Each error of Post is one of these.
var (
	// ErrRefused reports an address that must not be connected to. Nothing was sent.
	ErrRefused = errors.New("outbound: the address is not allowed")
	// ErrTimeout reports that the time was over.
	ErrTimeout = errors.New("outbound: no answer in time")
	// ErrName reports a host whose name leads nowhere.
	ErrName = errors.New("outbound: the name was not found")
	// ErrTLS reports a server that did not prove itself, or does not speak TLS.
	ErrTLS = errors.New("outbound: no trusted TLS connection")
	// ErrUnreachable reports a host that accepts no connection.
	ErrUnreachable = errors.New("outbound: the host cannot be reached")
	// ErrBroken reports a connection that ended before the answer, or an answer that is no
	// HTTP.
	ErrBroken = errors.New("outbound: the connection broke")
)

// explain says which of the errors above an error is.
func explain(err error) error {
	return fmt.Errorf("%w: %w", reason(err), err)
}

func reason(err error) error {
	var timeout net.Error
	var name *net.DNSError
	var dial *net.OpError
	switch {
	case errors.Is(err, ErrRefused):
		return ErrRefused
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return ErrTimeout
	case errors.As(err, &name):
		return ErrName
	case isTLS(err):
		return ErrTLS
	case errors.Is(err, syscall.ECONNREFUSED), errors.As(err, &dial) && dial.Op == "dial":
		return ErrUnreachable
	}
	return ErrBroken
}

func isTLS(err error) bool {
	var certificate *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var alert tls.AlertError
	var name x509.HostnameError
	return errors.As(err, &certificate) || errors.As(err, &record) || errors.As(err, &alert) || errors.As(err, &name)
}

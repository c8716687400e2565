package story

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"

	"github.com/favord/favord/client"
	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/internal/sandbox"
	"github.com/favord/favord/wire/notify"
)

// arrived is a notification that was verified and opened.
type arrived struct {
	signedBy string
	// event is *notify.CouponSend or *notify.CouponUse.
	event any
}

// receiver is the merchant's end of the callbacks: it hears on this machine.
type receiver struct {
	url    string
	events chan arrived
	server *http.Server
	ended  chan error
}

// newReceiver starts to listen with the client's own handler. It needs the merchant's keys
// and nothing from the network.
func newReceiver(ctx context.Context, _ *term.Command, e *sandbox.Environment) (*receiver, error) {
	signer, err := term.SignerOf(e)
	if err != nil {
		return nil, err
	}
	verifiers, err := term.VerifiersOf(e)
	if err != nil {
		return nil, err
	}
	merchant, err := client.New(client.Config{BaseURL: e.APIURL, MchID: e.MchID, Signer: signer, Verifiers: verifiers, APIv3Key: e.APIv3Key})
	if err != nil {
		return nil, err
	}
	const backlog = 64 // more than a demo makes
	r := &receiver{events: make(chan arrived, backlog), ended: make(chan error, 1)}
	handler, err := merchant.NotifyHandler(client.NotifyConfig{
		CouponSend: func(_ context.Context, n *client.Notification, e *notify.CouponSend) error { return r.take(n, e) },
		CouponUse:  func(_ context.Context, n *client.Notification, e *notify.CouponUse) error { return r.take(n, e) },
		Once:       client.RememberIDs(backlog),
	})
	if err != nil {
		return nil, err
	}
	var listen net.ListenConfig
	listener, err := listen.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, while("接收回调", "receiver", err)
	}
	const slowest = 5 * time.Second // the platform does not wait longer
	r.url = "http://" + listener.Addr().String() + "/notify"
	r.server = &http.Server{Handler: handler, ReadTimeout: slowest, WriteTimeout: slowest}
	go func() { r.ended <- r.server.Serve(listener) }()
	return r, nil
}

// take keeps an event; when nobody fetches them it is refused, and comes again.
func (r *receiver) take(n *client.Notification, event any) error {
	select {
	case r.events <- arrived{signedBy: n.SignedBy, event: event}:
		return nil
	default:
		return errors.New("no step of the demo expects it")
	}
}

// close ends the receiver.
func (r *receiver) close() error {
	err := r.server.Close()
	if end := <-r.ended; !errors.Is(end, http.ErrServerClosed) {
		err = errors.Join(err, end)
	}
	return err
}

// await returns the first event of a type for which want is true, and lets others go by. It
// shows the callback as the step's call.
func await[E any](ctx context.Context, p *player, want func(*E) bool) (*E, error) {
	const patience = 30 * time.Second
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	for {
		select {
		case <-ctx.Done():
			return nil, while("没有收到回调", "no callback came", ctx.Err())
		case got := <-p.receiver.events:
			if event, is := got.event.(*E); is && want(event) {
				p.watch.method, p.watch.target, p.watch.status, p.watch.signed = http.MethodPost, p.receiver.url, http.StatusNoContent, got.signedBy
				return event, nil
			}
		}
	}
}

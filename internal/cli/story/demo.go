package story

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"

	"github.com/favord/favord/client"
	"github.com/favord/favord/internal/base/telemetry"
	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/internal/sandbox"
	"github.com/favord/favord/internal/server"
	"github.com/favord/favord/internal/store"
)

// Demo plays stories against a sandbox of its own.
type Demo struct {
	Product string `help:"demoproduct" enum:"busifavor,favor,media,partnership,all" default:"busifavor"`
}

// Run implements the command.
func (d *Demo) Run(c *term.Command) (err error) {
	data, err := term.OpenDataDir("")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, data.Release()) }()
	s, err := server.New(c.Ctx, server.Config{
		Mode: store.Sandbox, DataDir: data.Path, APIAddress: "127.0.0.1:0", ManageAddress: "127.0.0.1:0",
		Version: term.Version(), Clock: c.Clock, Log: telemetry.NewLogger(c.Err, telemetry.LogOptions{Level: slog.LevelWarn}),
	})
	if err != nil {
		return err
	}
	environment, err := s.Sandbox(c.Ctx)
	if err != nil {
		return errors.Join(err, s.Close())
	}
	ctx, stop := context.WithCancel(c.Ctx)
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	err = play(ctx, c, d.Product, &environment)
	stop()
	return errors.Join(err, <-ended)
}

// story is what one product is for.
type story struct {
	product string
	zh, en  string
	steps   []step
}

// stories lists what the demo can tell.
func (p *player) stories() []story {
	return []story{
		{
			"busifavor", "一张商家券从创建到核销，再到撤回；领券通知", "one merchant coupon from stock to redemption and back; the callback",
			slices.Concat(p.story(), p.undoStory(), newCodesStory(p).steps()),
		},
		{
			"favor", "代金券从创建、发放、领取到支付核销，再到退款和账单", "cash vouchers from stock to claims, payment, refund and bills",
			newFavorStory(p).steps(),
		},
		{"media", "营销图片从上传到券面", "a marketing image from upload to coupon", newMediaStory(p).steps()},
		{"partnership", "授权合作方发券，再收回", "a partner may issue a stock, until the permission is withdrawn", newPartnershipStory(p).steps()},
	}
}

// allProducts names every story.
const allProducts = "all"

// play tells the story of a product, or all of them, and counts the steps.
func play(ctx context.Context, c *term.Command, product string, e *sandbox.Environment) (err error) {
	p, err := newPlayer(c, e)
	if err != nil {
		return err
	}
	if p.receiver, err = newReceiver(ctx, c, e); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.receiver.close()) }()
	for _, s := range p.stories() {
		if product != s.product && product != allProducts {
			continue
		}
		_, _ = fmt.Fprintf(c.Out, c.Choose(
			"惠券台演示：%s。每个请求都已签名，每个应答的签名都已验证。\n沙箱 %s，商户 %s\n\n",
			"Favord demo: %s. Every request is signed, and every answer is verified.\nSandbox %s, merchant %s\n\n"),
			c.Choose(s.zh, s.en), e.APIURL, e.MchID)
		for _, step := range s.steps {
			if err := p.tell(ctx, step); err != nil {
				return err
			}
		}
		_, _ = fmt.Fprintln(c.Out)
	}
	_, _ = fmt.Fprintf(c.Out, c.Choose("完成：%d 步全部符合预期。\n", "Done: all %d steps went as expected.\n"), p.told)
	return nil
}

// newPlayer returns a player whose calls are watched.
func newPlayer(c *term.Command, e *sandbox.Environment) (*player, error) {
	p := &player{Command: c, environment: e, watch: &watch{next: http.DefaultTransport}}
	transport := &http.Client{Transport: p.watch}
	var err error
	if p.caller, err = c.NewClient(e, "", transport); err != nil {
		return nil, err
	}
	if p.byPublicKey, err = c.NewClient(e, e.PublicKeyID, transport); err != nil {
		return nil, err
	}
	p.stranger, err = stranger(c, e, transport)
	return p, err
}

// watch remembers the last request and answer that went over the wire.
type watch struct {
	next   http.RoundTripper
	method string
	target string
	status int
	signed string
}

// RoundTrip implements http.RoundTripper.
func (w *watch) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := w.next.RoundTrip(r)
	w.method, w.target, w.status, w.signed = r.Method, r.URL.RequestURI(), 0, ""
	if err == nil {
		w.status, w.signed = answer.StatusCode, answer.Header.Get("Wechatpay-Serial")
	}
	return answer, err
}

// expectRefusal turns the refusal that a step is about into its result, and everything
// else into an error.
func expectRefusal(err error, status int, code string) (string, error) {
	refused := new(client.APIError)
	if errors.As(err, &refused) && refused.Status == status && refused.Code == code {
		return refused.Code + "  " + refused.Message, nil
	}
	if err == nil {
		err = unexpected("调用成功", "the call succeeded")
	}
	return "", while(fmt.Sprintf("应为 %d %s", status, code), fmt.Sprintf("expected %d %s", status, code), err)
}

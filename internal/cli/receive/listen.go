package receive

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/favord/favord/client"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/wire/busifavor"
	"github.com/favord/favord/wire/favor"
)

// Listen is a receiver of callbacks that shows them and passes them on.
type Listen struct {
	EnvFile   string `name:"env" help:"envfile" placeholder:"FILE" type:"path"`
	ForwardTo string `name:"forward-to" help:"listenforward" placeholder:"URL"`
	Print     bool   `help:"listenprint"`
	Forge     bool   `help:"listenforge"`
	Count     int    `help:"listencount" placeholder:"N"`
}

// ListenTexts are the help of the command that receives callbacks, in Chinese and English, by their keys.
func ListenTexts() map[string][2]string {
	return map[string][2]string{
		"listen":        {"接收商户的回调，验签、解密并打印，原样转发给本机的程序", "Receive the merchant's callbacks: verify, decrypt and print them, and forward them unchanged."},
		"listenforward": {"转发到的地址；其应答即平台得到的应答", "URL to forward to; its answer becomes the answer to the platform."},
		"listenprint":   {"打印解密后的内容", "Print the decrypted content."},
		"listenforge":   {"不接收，而是向该地址发送伪造的回调；被接受则退出码为1", "Do not listen, but send forged callbacks to this URL; exits with 1 if any is accepted."},
		"listencount":   {"收到多少个通过验签的回调后结束；缺省直到 Ctrl-C", "Stop after this many verified callbacks; runs until Ctrl-C if omitted."},
	}
}

var (
	errForwardTo = fault.New(fault.Refused,
		"--forward-to 须为http://或https://开头的完整地址", "--forward-to must be a full URL that begins with http:// or https://.")
	errForgeWhere = fault.New(fault.Refused, "--forge 需要 --forward-to", "--forge needs --forward-to.")
	errNoCallback = errors.New("no callback URL is set")
)

// Run implements the command.
func (l *Listen) Run(c *term.Command) error {
	if l.Forge && l.ForwardTo == "" {
		return errForgeWhere
	}
	if u, err := url.Parse(l.ForwardTo); l.ForwardTo != "" && (err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https") {
		return errForwardTo
	}
	e, err := c.Environment(term.Whom{File: l.EnvFile})
	if err != nil {
		return err
	}
	to := &forwarder{url: l.ForwardTo, clock: c.Clock, http: newForwardClient()}
	if l.Forge {
		return forge(c, &e, to)
	}
	caller, err := c.NewClient(&e, "", nil)
	if err != nil {
		return err
	}
	return l.listen(c, caller, e.MchID, to)
}

// listen is the merchant's receiver until Ctrl-C, which is no failure, or until it has
// received enough.
func (l *Listen) listen(c *term.Command, caller *client.Client, mchid string, to *forwarder) (err error) {
	ctx, stop := context.WithCancel(c.Ctx)
	defer stop()
	port, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	r := &listener{Command: c, caller: caller, forward: to, print: l.Print, left: l.Count, enough: stop}
	server := &http.Server{Handler: r, ReadTimeout: forwardTimeout, WriteTimeout: 2 * forwardTimeout, MaxHeaderBytes: 64 << 10}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(port) }()
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), forwardTimeout)
		defer cancel()
		if errStop := server.Shutdown(ctx); errStop != nil {
			err = errors.Join(err, server.Close())
		}
	}()
	restore, err := takeCallbacks(ctx, c, caller, mchid, "http://"+port.Addr().String()+"/callbacks")
	defer func() { err = errors.Join(err, restore()) }()
	if err != nil {
		return err
	}
	c.Say("正在接收商户 %s 的回调%s，Ctrl-C 结束", "Receiving callbacks of merchant %s%s; press Ctrl-C to stop.", mchid, onwards(c, l.ForwardTo))
	select {
	case <-ctx.Done():
		return nil
	case err := <-ended:
		return fmt.Errorf("listen: %w", err)
	}
}

func onwards(c *term.Command, to string) string {
	if to == "" {
		return ""
	}
	return c.Choose("，转发到 ", ", forwarding them to ") + to
}

// The two products whose callbacks there are.
const (
	ofCoupons  = "busifavor"
	ofVouchers = "favor"
)

// callbackURL returns where a merchant's callbacks go, or errNoCallback.
func callbackURL(ctx context.Context, caller *client.Client, product, mchid string) (to string, err error) {
	if product == ofVouchers {
		var got *favor.GetCallbackResponse
		if got, err = caller.Favor().GetCallback(ctx, &favor.GetCallbackRequest{MchID: mchid}); err == nil {
			to = got.NotifyURL
		}
	} else {
		var got *busifavor.GetCallbackResponse
		if got, err = caller.BusiFavor().GetCallback(ctx, &busifavor.GetCallbackRequest{}); err == nil {
			to = got.NotifyURL
		}
	}
	if refused, is := term.AsAPIError(err); is && refused.Status == http.StatusNotFound {
		return "", errNoCallback
	}
	return to, err
}

func setCallbackURL(ctx context.Context, caller *client.Client, product, mchid, to string) (err error) {
	if product == ofVouchers {
		_, err = caller.Favor().SetCallback(ctx, &favor.SetCallbackRequest{MchID: mchid, NotifyURL: to})
	} else {
		_, err = caller.BusiFavor().SetCallback(ctx, &busifavor.SetCallbackRequest{NotifyURL: to})
	}
	return err
}

// takeCallbacks has the merchant's callbacks sent to a URL. The function that it returns sends
// them to where they went before, unless somebody set another URL meanwhile; where there was
// nothing, the URL stays, as no call takes one away.
func takeCallbacks(ctx context.Context, _ *term.Command, caller *client.Client, mchid, to string) (restore func() error, err error) {
	before := map[string]string{}
	var once sync.Once
	restore = func() (err error) {
		once.Do(func() {
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), forwardTimeout)
			defer cancel()
			for product, url := range before {
				now, errNow := callbackURL(ctx, caller, product, mchid)
				if errNow == nil && now == to { // else somebody set another one meanwhile
					errNow = setCallbackURL(ctx, caller, product, mchid, url)
				}
				err = errors.Join(err, errNow)
			}
		})
		return err
	}
	for _, product := range []string{ofCoupons, ofVouchers} {
		was, err := callbackURL(ctx, caller, product, mchid)
		if err != nil && !errors.Is(err, errNoCallback) {
			return restore, err
		}
		if err := setCallbackURL(ctx, caller, product, mchid, to); err != nil {
			return restore, err
		}
		if was != "" {
			before[product] = was
		}
	}
	return restore, nil
}

// forwardTimeout is how long the platform waits for an answer.
const forwardTimeout = 5 * time.Second

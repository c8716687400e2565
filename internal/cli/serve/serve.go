package serve

import (
	"errors"
	"fmt"
	"net/netip"

	"github.com/coreos/go-systemd/v22/daemon"

	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/internal/config"
	"github.com/favord/favord/internal/sandbox"
	"github.com/favord/favord/internal/server"
	"github.com/favord/favord/internal/store"
)

// Serve runs a server until it is told to stop.
type Serve struct {
	Config    string `help:"config" placeholder:"FILE" type:"path" required:""`
	ReadyFile string `help:"readyfile" placeholder:"FILE" type:"path"`
}

// serverConfig is what a file says about the server.
func serverConfig(s *config.Serve) server.Config {
	return server.Config{
		Mode: store.Mode(s.Mode), DataDir: s.Data, KeyFile: s.KeyFile,
		Database: s.Database.DSN(), Connections: s.Database.Connections,
		CallbackNetworks: s.Notify.Networks, CallbackPorts: s.Notify.Ports, CallbackTail: s.Notify.TailFor(),
		APIAddress: s.API, ManageAddress: s.Manage, TLS: server.TLSFiles(s.TLS), ManageTLS: server.TLSFiles(s.ManageTLS), MediaBaseURL: s.MediaBaseURL, OwnAppIDs: s.PartnerAppIDs == config.OwnAppID, Version: term.Version(),
		Traces: server.Traces(s.Traces), Retention: s.Retention.Spans(), ShutdownDelay: s.Delay(), MetricsMerchants: s.Metrics.Merchants,
		ReviewStocks: s.ReviewStocks, StrictUsers: s.StrictUsers, StrictOrders: s.StrictOrders, Pages: pagesConfig(&s.Claim),
		Public: s.Public(), Proxies: proxiesOf(s), Misses: server.Misses(s.Misses), Vouchers: server.VoucherRules(s.Vouchers),
	}
}

// proxiesOf returns the trusted proxies of a file. That they are proxies was checked when it
// was loaded.
func proxiesOf(s *config.Serve) []netip.Prefix {
	proxies, err := s.Proxies()
	if err != nil {
		panic(err)
	}
	return proxies
}

// pagesConfig is what a file says about users' pages.
func pagesConfig(c *config.Claim) server.Pages {
	return server.Pages{ClaimsPerUser: c.PerUser, ClaimsPerAddress: c.PerAddress}
}

// Run implements the command.
func (v *Serve) Run(c *term.Command) error {
	loaded, err := config.Load(v.Config)
	if err != nil {
		return err
	}
	ready := readyFile(v.ReadyFile)
	if err := ready.forget(); err != nil {
		return err
	}
	from := serverConfig(&loaded.Serve)
	if from.ManageToken, err = loaded.ManageToken(); err != nil {
		return err
	}
	running := &running{file: v.Config, loaded: loaded, ctx: c.Ctx}
	running.logs.set(&loaded.Serve)
	from.Clock, from.Log = c.Clock, running.logs.logger(c.Err, &loaded.Serve)
	if loaded.Data != "" {
		if _, err := term.OpenDataDir(loaded.Data); err != nil {
			return err
		}
	}
	s, err := server.New(c.Ctx, from)
	if err != nil {
		return err
	}
	environment, err := v.environment(c, s)
	if err == nil {
		err = welcome(c, s)
	}
	if err == nil {
		err = ready.write(&environment)
	}
	if err == nil { // tells systemd, if it is what started the server
		_, err = daemon.SdNotify(true, daemon.SdNotifyReady)
	}
	if err != nil {
		return errors.Join(err, s.Close())
	}
	_, _ = fmt.Fprintf(c.Out, c.Choose(
		"惠券台 %s 已就绪（%.2f 秒）：接口 %s，管理台 %s\n",
		"Favord %s, ready in %.2f s: API %s, console %s\n"),
		term.Version(), c.Clock.Now().Sub(c.Started).Seconds(), s.APIURL(), s.ConsoleURL())
	running.server, running.log = s, from.Log
	stop := running.reloadOn(c.Hangups)
	defer stop()
	return errors.Join(s.Run(c.Ctx), ready.forget())
}

// welcome prints where the first operator of a production server chooses a password, while there
// is none.
func welcome(c *term.Command, s *server.Server) error {
	if s.Mode() != store.Production {
		return nil
	}
	link, err := s.FirstRun(c.Ctx)
	if err != nil || link == "" {
		return err
	}
	_, _ = fmt.Fprintf(c.Out, c.Choose(
		"尚无管理员。首位管理员请在一小时内打开此链接（仅可使用一次）：\n  %s\n",
		"There is no operator yet. The first one opens this link within an hour; it works once:\n  %s\n"), link)
	return nil
}

// environment says how to reach the server: as the demo merchant where there is one.
func (v *Serve) environment(c *term.Command, s *server.Server) (sandbox.Environment, error) {
	if s.Mode() == store.Sandbox {
		return s.Sandbox(c.Ctx)
	}
	return sandbox.Environment{Mode: string(s.Mode()), APIURL: s.APIURL(), ManageURL: s.ManageURL(), ConsoleURL: s.ConsoleURL()}, nil
}

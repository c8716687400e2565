package cli

import (
	"errors"
	"fmt"
	"log/slog"

	"github.com/coreos/go-systemd/v22/daemon"

	"github.com/favord/favord/internal/config"
	"github.com/favord/favord/internal/sandbox"
	"github.com/favord/favord/internal/server"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/telemetry"
)

// serveCommand runs a server until it is told to stop.
type serveCommand struct {
	Config    string `help:"config" placeholder:"FILE" type:"path" required:""`
	ReadyFile string `help:"readyfile" placeholder:"FILE" type:"path"`
}

// serverConfig is what a file says about the server.
func serverConfig(s *config.Serve) server.Config {
	return server.Config{
		Mode: store.Mode(s.Mode), DataDir: s.Data, KeyFile: s.KeyFile,
		Database: s.Database.DSN(), Connections: s.Database.Connections,
		CallbackNetworks: s.Notify.Networks, CallbackPorts: s.Notify.Ports,
		APIAddress: s.API, ManageAddress: s.Manage, TLS: server.TLSFiles(s.TLS), ManageTLS: server.TLSFiles(s.ManageTLS), MediaBaseURL: s.MediaBaseURL, OwnAppIDs: s.PartnerAppIDs == config.OwnAppID, Version: version(),
		ShutdownDelay: s.Delay(),
		ReviewStocks:  s.ReviewStocks, StrictUsers: s.StrictUsers, StrictOrders: s.StrictOrders, Pages: pagesConfig(&s.Claim), Vouchers: server.VoucherRules(s.Vouchers),
	}
}

// pagesConfig is what a file says about users' pages. That its proxies are proxies was
// checked when it was loaded.
func pagesConfig(c *config.Claim) server.Pages {
	proxies, err := c.Proxies()
	if err != nil {
		panic(err)
	}
	return server.Pages{ClaimsPerUser: c.PerUser, ClaimsPerAddress: c.PerAddress, Proxies: proxies}
}

// Run implements the command.
func (v *serveCommand) Run(c *command) error {
	loaded, err := config.LoadServe(v.Config)
	if err != nil {
		return err
	}
	ready := readyFile(v.ReadyFile)
	if err := ready.forget(); err != nil {
		return err
	}
	var level slog.Level
	if err := level.UnmarshalText([]byte(loaded.Log.Level)); err != nil {
		return fmt.Errorf("log level: %w", err)
	}
	from := serverConfig(&loaded)
	if from.ManageToken, err = loaded.ManageToken(); err != nil {
		return err
	}
	from.Clock, from.Log = c.Clock, telemetry.NewLogger(c.Err, level)
	if loaded.Data != "" {
		if _, err := openDataDir(loaded.Data); err != nil {
			return err
		}
	}
	s, err := server.New(c.ctx, from)
	if err != nil {
		return err
	}
	environment, err := v.environment(c, s)
	if err == nil {
		err = ready.write(&environment)
	}
	if err == nil { // tells systemd, if it is what started the server
		_, err = daemon.SdNotify(true, daemon.SdNotifyReady)
	}
	if err != nil {
		return errors.Join(err, s.Close())
	}
	_, _ = fmt.Fprintf(c.Out, c.choose(
		"惠券台 %s 已就绪（%.2f 秒）：接口 %s，管理 %s\n%s\n",
		"Favord %s, ready in %.2f s: API %s, management %s\n%s\n"),
		version(), c.Clock.Now().Sub(c.Started).Seconds(), s.APIURL(), s.ManageURL(), &loaded)
	return errors.Join(s.Run(c.ctx), ready.forget())
}

// environment says how to reach the server: as the demo merchant where there is one.
func (v *serveCommand) environment(c *command, s *server.Server) (sandbox.Environment, error) {
	if s.Mode() == store.Sandbox {
		return s.Sandbox(c.ctx)
	}
	return sandbox.Environment{Mode: string(s.Mode()), APIURL: s.APIURL(), ManageURL: s.ManageURL()}, nil
}

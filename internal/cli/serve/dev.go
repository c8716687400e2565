package serve

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/favord/favord/apiv2"
	"github.com/favord/favord/internal/base/telemetry"
	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/internal/config"
	"github.com/favord/favord/internal/sandbox"
	"github.com/favord/favord/internal/server"
	"github.com/favord/favord/internal/store"
)

// Dev runs a sandbox until it is told to stop.
type Dev struct {
	Data      string `help:"data" placeholder:"DIR" type:"path" env:"FAVORD_DATA"`
	Database  string `help:"database" placeholder:"URL" env:"FAVORD_DATABASE_URL"`
	API       string `help:"api" placeholder:"ADDR" default:"127.0.0.1:18080" env:"FAVORD_API"`
	Manage    string `help:"manage" placeholder:"ADDR" default:"127.0.0.1:18081" env:"FAVORD_MANAGE"`
	Proxy     string `help:"proxy" placeholder:"ADDR" default:"127.0.0.1:18082" env:"FAVORD_PROXY"`
	NoProxy   bool   `help:"noproxy"`
	ReadyFile string `help:"readyfile" placeholder:"FILE" type:"path"`
	SM2       bool   `name:"sm2" help:"sm2"`
	KeyMode   string `help:"keymode" placeholder:"MODE" enum:"certificate,public_key,migrating," default:""`
	Review    bool   `help:"review"`
	Strict    bool   `name:"strict-users" help:"strictusers"`
	Orders    bool   `name:"strict-orders" help:"strictorders"`
	Unlimited bool   `help:"unlimited"`
	Words     string `name:"forbidden-words" help:"forbiddenwords" placeholder:"FILE" type:"path"`
	Quiet     bool   `help:"quiet"`
}

// devConnections is how many connections to PostgreSQL a sandbox opens at most.
const devConnections = 16

// Run implements the command.
func (d *Dev) Run(c *term.Command) (err error) {
	if err := readyFile(d.ReadyFile).forget(); err != nil {
		return err
	}
	data, err := term.OpenDataDir(d.Data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, data.Release()) }()
	level := slog.LevelInfo
	if d.Quiet {
		level = slog.LevelWarn
	}
	if d.NoProxy {
		d.Proxy = ""
	}
	var rules server.VoucherRules
	if d.Words != "" {
		if rules.ForbiddenWords, err = config.ReadWords(d.Words); err != nil {
			return err
		}
	}
	s, err := server.New(c.Ctx, server.Config{
		Vouchers: rules,
		Mode:     store.Sandbox, DataDir: data.Path, ProxyAddress: d.Proxy, Database: d.Database, Connections: devConnections, APIAddress: d.API, ManageAddress: d.Manage,
		SM2: d.SM2, KeyMode: strings.ToUpper(d.KeyMode), ReviewStocks: d.Review, StrictUsers: d.Strict, StrictOrders: d.Orders, Unlimited: d.Unlimited, Version: term.Version(), Clock: c.Clock, Log: telemetry.NewLogger(c.Err, telemetry.LogOptions{Level: level}),
	})
	if err != nil {
		return err
	}
	environment, err := s.Sandbox(c.Ctx)
	if err != nil {
		return errors.Join(err, s.Close())
	}
	withdraw, err := d.announce(c, &environment)
	if err != nil {
		return errors.Join(err, s.Close())
	}
	banner(c, &environment, data, c.Clock.Now().Sub(c.Started))
	return errors.Join(s.Run(c.Ctx), withdraw(), readyFile(d.ReadyFile).forget())
}

// announce leaves word of the sandbox: its ports are open.
func (d *Dev) announce(c *term.Command, e *sandbox.Environment) (withdraw func() error, err error) {
	if withdraw, err = sandbox.Announce(c.StateDir, e); err != nil {
		return nil, err
	}
	if err := readyFile(d.ReadyFile).write(e); err != nil {
		return nil, errors.Join(err, withdraw())
	}
	return withdraw, nil
}

// banner says in a few lines what runs and what to do next. Keys are not among them:
// `favord env` prints those.
func banner(c *term.Command, e *sandbox.Environment, data term.DataDir, took time.Duration) {
	var b strings.Builder
	line := func(zh, en, format string, args ...any) {
		name := c.Choose(zh, en)
		fmt.Fprintf(&b, "  %s%s"+format+"\n", append([]any{name, strings.Repeat(" ", max(1, 12-term.Width(name)))}, args...)...)
	}
	fmt.Fprintf(&b, c.Choose("惠券台 %s 沙箱已就绪（%.2f 秒）\n\n", "Favord %s, sandbox ready in %.2f s\n\n"), term.Version(), took.Seconds())
	line("接口", "API", "%s", e.APIURL)
	line("管理台", "Console", "%s", e.ConsoleURL)
	if e.ProxyURL != "" {
		line("重定向", "Redirect", "%s  %s", e.ProxyURL, c.Choose("（favord run -- 命令）", "(favord run -- COMMAND)"))
	}
	line("商户", "Merchant", "%s  appid %s  openid %s", e.MchID, e.AppID, e.OpenID)
	line("证书", "Serials", "%s  %s", e.SerialNo, c.Choose("（商户）", "(merchant)"))
	line("", "", "%s  %s", term.OrElse(e.PlatformSerialNo, e.PublicKeyID), c.Choose("（平台）", "(platform)"))
	line("算法", "Algorithm", "%s", e.AlgorithmType)
	line("文件", "Files", "%s", data.Path)
	for _, demo := range server.DemoStocks() {
		line("批次", "Stock", "%s  %s", demo.ID, demo.Name)
	}
	if data.Kept {
		line("数据", "Data", "%s", c.Choose("保留在上述目录", "kept in that directory"))
	} else {
		line("数据", "Data", "%s", c.Choose("临时，退出时删除；用 --data DIR 保留", "temporary, deleted on exit; use --data DIR to keep it"))
	}
	b.WriteString(c.Choose("\n试一试：\n", "\nTry:\n"))
	fmt.Fprintf(&b, "  favord get /v3/marketing/busifavor/stocks/%s\n", server.DemoStocks()[0].ID)
	b.WriteString("  favord example coupons.use | sh\n")
	b.WriteString("  favord env --format dotenv\n\n")
	b.WriteString(c.Choose("领券页（用浏览器打开）：\n", "Claim page (open it in a browser):\n"))
	fmt.Fprintf(&b, "  %s\n\n", claimLink(e))
	_, _ = fmt.Fprint(c.Out, b.String())
}

// claimLink is a link to a coupon of the first demo stock for the demo user. Its number is
// always the same: who claims it again sees the same coupon.
func claimLink(e *sandbox.Environment) string {
	return apiv2.Link{
		StockID: string(server.DemoStocks()[0].ID), OutRequestNo: "demo0001", SendCouponMerchant: e.MchID, OpenID: e.OpenID,
	}.Signed(e.APIv2Key).URL(e.APIURL)
}

package cli

import (
	"github.com/favord/favord/wire/busifavor"
	"github.com/favord/favord/wire/favor"
)

// callbacksCommand is about where a merchant wants its events.
type callbacksCommand struct {
	Show callbacksShow `cmd:"" help:"callbacksshow"`
	Set  callbacksSet  `cmd:"" help:"callbacksset"`
}

func callbackTexts() map[string][2]string {
	return map[string][2]string{
		"callbacks":        {"事件通知地址：查看、设置", "The callback URL: show, set."},
		"callbacksshow":    {"查看事件通知地址", "Show the callback URL."},
		"callbacksset":     {"设置事件通知地址", "Set the callback URL."},
		"callbacksvoucher": {"代金券的（缺省为商家券的）", "That of cash vouchers, not of merchant coupons."},
		"callbacksurl":     {"通知地址：https，沙箱也接受本机的http", "https URL; a sandbox takes http for its own machine."},
	}
}

type (
	callbacksShow struct {
		signed
		Vouchers bool `help:"callbacksvoucher"`
	}
	callbacksSet struct {
		signed
		Vouchers bool   `help:"callbacksvoucher"`
		URL      string `arg:"" help:"callbacksurl"`
	}
)

// Run implements the command.
func (s *callbacksShow) Run(c *command) error {
	e, err := c.environment(s.EnvFile)
	if err != nil {
		return err
	}
	caller, err := s.client(c)
	if err != nil {
		return err
	}
	if s.Vouchers {
		got, err := caller.Favor().GetCallback(c.ctx, &favor.GetCallbackRequest{MchID: e.MchID})
		if err != nil {
			return c.refused(err)
		}
		return s.Output.callback(c, got, got.MchID, got.NotifyURL)
	}
	got, err := caller.BusiFavor().GetCallback(c.ctx, &busifavor.GetCallbackRequest{MchID: e.MchID})
	if err != nil {
		return c.refused(err)
	}
	return s.Output.callback(c, got, got.MchID, got.NotifyURL)
}

// Run implements the command.
func (s *callbacksSet) Run(c *command) error {
	e, err := c.environment(s.EnvFile)
	if err != nil {
		return err
	}
	caller, err := s.client(c)
	if err != nil {
		return err
	}
	if s.Vouchers {
		got, err := caller.Favor().SetCallback(c.ctx, &favor.SetCallbackRequest{MchID: e.MchID, NotifyURL: s.URL})
		if err != nil {
			return c.refused(err)
		}
		return s.Output.callback(c, got, got.MchID, got.NotifyURL)
	}
	got, err := caller.BusiFavor().SetCallback(c.ctx, &busifavor.SetCallbackRequest{MchID: e.MchID, NotifyURL: s.URL})
	if err != nil {
		return c.refused(err)
	}
	return s.Output.callback(c, got, got.MchID, got.NotifyURL)
}

// callback prints where a merchant wants its events.
func (f format) callback(c *command, answer any, mchid, url string) error {
	return f.print(c, answer, []string{c.choose("商户号", "MERCHANT"), "URL"}, [][]string{{mchid, url}})
}

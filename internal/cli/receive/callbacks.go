package receive

import (
	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/wire/busifavor"
	"github.com/favord/favord/wire/favor"
)

// Callbacks is about where a merchant wants its events.
type Callbacks struct {
	Show callbacksShow `cmd:"" help:"callbacksshow"`
	Set  callbacksSet  `cmd:"" help:"callbacksset"`
}

// CallbackTexts are the help of the commands about callback URLs, in Chinese and English, by their keys.
func CallbackTexts() map[string][2]string {
	return map[string][2]string{
		"callbacks":        {"事件通知地址：查看、设置", "Show or set the callback URL."},
		"callbacksshow":    {"查看事件通知地址", "Show the callback URL."},
		"callbacksset":     {"设置事件通知地址", "Set the callback URL."},
		"callbacksvoucher": {"代金券的（缺省为商家券的）", "The URL for cash vouchers (merchant coupons if omitted)."},
		"callbacksurl":     {"通知地址：https，沙箱也接受本机的http", "https URL; a sandbox also accepts http on this machine."},
	}
}

type (
	callbacksShow struct {
		term.Signed
		Vouchers bool `help:"callbacksvoucher"`
	}
	callbacksSet struct {
		term.Signed
		Vouchers bool   `help:"callbacksvoucher"`
		URL      string `arg:"" help:"callbacksurl"`
	}
)

// Run implements the command.
func (s *callbacksShow) Run(c *term.Command) error {
	e, err := s.Environment(c)
	if err != nil {
		return err
	}
	caller, err := s.Client(c)
	if err != nil {
		return err
	}
	if s.Vouchers {
		got, err := caller.Favor().GetCallback(c.Ctx, &favor.GetCallbackRequest{MchID: e.MchID})
		if err != nil {
			return c.Refused(err)
		}
		return printCallback(c, s.Output, got, got.MchID, got.NotifyURL)
	}
	got, err := caller.BusiFavor().GetCallback(c.Ctx, &busifavor.GetCallbackRequest{MchID: e.MchID})
	if err != nil {
		return c.Refused(err)
	}
	return printCallback(c, s.Output, got, got.MchID, got.NotifyURL)
}

// Run implements the command.
func (s *callbacksSet) Run(c *term.Command) error {
	e, err := s.Environment(c)
	if err != nil {
		return err
	}
	caller, err := s.Client(c)
	if err != nil {
		return err
	}
	if s.Vouchers {
		got, err := caller.Favor().SetCallback(c.Ctx, &favor.SetCallbackRequest{MchID: e.MchID, NotifyURL: s.URL})
		if err != nil {
			return c.Refused(err)
		}
		return printCallback(c, s.Output, got, got.MchID, got.NotifyURL)
	}
	got, err := caller.BusiFavor().SetCallback(c.Ctx, &busifavor.SetCallbackRequest{MchID: e.MchID, NotifyURL: s.URL})
	if err != nil {
		return c.Refused(err)
	}
	return printCallback(c, s.Output, got, got.MchID, got.NotifyURL)
}

// printCallback prints where a merchant wants its events.
func printCallback(c *term.Command, f term.Format, answer any, mchid, url string) error {
	return f.Print(c, answer, []string{c.Head("商户号", "MERCHANT"), "URL"}, [][]string{{mchid, url}})
}

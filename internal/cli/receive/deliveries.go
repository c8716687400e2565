package receive

import (
	"strconv"
	"strings"
	"time"

	"github.com/favord/favord/client"
	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/wire/manage"
	"github.com/favord/favord/wire/schema"
)

// Deliveries shows what merchants were told and sends it again.
type Deliveries struct {
	List   deliveriesList   `cmd:"" default:"withargs" help:"deliverieslist"`
	Show   deliveriesShow   `cmd:"" help:"deliveriesshow"`
	Resend deliveriesResend `cmd:"" help:"deliveriesresend"`
	Forge  deliveriesForge  `cmd:"" help:"deliveriesforge"`
}

// DeliveryTexts are the help of the commands about deliveries, in Chinese and English, by their keys.
func DeliveryTexts() map[string][2]string {
	return map[string][2]string{
		"deliveries":       {"回调投递：列出、查看、重新投递", "List, show and resend callback deliveries."},
		"deliverieslist":   {"列出投递（缺省命令），最新在前", "List deliveries, newest first (the default command)."},
		"deliveriesshow":   {"查看一个事件的每次投递、应答与内容", "Show an event with its content, every attempt and the answers."},
		"deliveriesresend": {"按事件编号或时间重新投递，每次重新签名", "Resend events by ID or time; each delivery is signed anew."},
		"deliveriesforge":  {"向回调地址发送一个事件的伪造通知，看接收端是否上当", "Send the callback forgeries of an event, to see whether the receiver takes them."},
		"deliverymchid":    {"商户号，缺省为沙箱的演示商户", "Merchant; defaults to the sandbox's demo merchant."},
		"deliveryproduct":  {"产品：busifavor 或 favor", "Product: busifavor or favor."},
		"deliverystate":    {"状态：pending、delivered 或 dead", "State: pending, delivered or dead."},
		"deliverysince":    {"从何时起：时间，或多久以前如 2h", "Start: a time, or how long ago, such as 2h."},
		"deliveryuntil":    {"到何时止：时间，或多久以前", "End: a time, or how long ago."},
		"deliverylimit":    {"最多列出多少条", "Maximum number of deliveries to list."},
		"deliveryid":       {"事件编号（通知的id）", "Event ID (the id of the notification)."},
	}
}

// chosenDeliveries says whose deliveries, and which of them.
type chosenDeliveries struct {
	MchID   string `name:"mchid" help:"deliverymchid" placeholder:"MCHID"`
	Product string `help:"deliveryproduct" placeholder:"PRODUCT"`
	State   string `help:"deliverystate" placeholder:"STATE"`
	Since   string `help:"deliverysince" placeholder:"TIME"`
	Until   string `help:"deliveryuntil" placeholder:"TIME"`
}

type (
	deliveriesList struct {
		term.Managed
		chosenDeliveries
		Limit int64 `short:"n" help:"deliverylimit" default:"20"`
	}
	deliveriesShow struct {
		term.Managed
		MchID string `name:"mchid" help:"deliverymchid" placeholder:"MCHID"`
		ID    string `arg:"" help:"deliveryid"`
	}
	deliveriesForge struct {
		term.Managed
		MchID string `name:"mchid" help:"deliverymchid" placeholder:"MCHID"`
		ID    string `arg:"" help:"deliveryid"`
	}
	deliveriesResend struct {
		term.Managed
		chosenDeliveries
		IDs []string `arg:"" optional:"" help:"deliveryid"`
	}
)

// Run implements the command.
func (d *deliveriesList) Run(c *term.Command) error {
	req := &manage.ListDeliveriesRequest{Product: d.Product, State: strings.ToUpper(d.State), Limit: &d.Limit}
	var err error
	if req.MchID, err = d.Merchant(c, d.MchID); err != nil {
		return err
	}
	if req.From, err = c.Moment(d.Since); err != nil {
		return err
	}
	if req.Until, err = c.Moment(d.Until); err != nil {
		return err
	}
	return term.ManageRun(c, &d.Managed, func(m *client.Management) (*manage.ListDeliveriesResponse, error) { return m.Deliveries(c.Ctx, req) },
		[]string{
			c.Head("开始", "BEGAN"), c.Head("事件编号", "EVENT ID"), c.Head("类型", "TYPE"), c.Head("状态", "STATE"),
			c.Head("次数", "ATTEMPTS"), c.Head("最近结果", "LAST"), c.Head("下次", "NEXT"),
		}, func(list *manage.ListDeliveriesResponse) (rows [][]string) {
			for i := range list.Deliveries {
				rows = append(rows, deliveryRow(&list.Deliveries[i]))
			}
			return rows
		})
}

func deliveryRow(d *manage.Delivery) []string {
	return []string{
		shortTime(d.BeganTime), d.EventID, d.Event, d.State, strconv.FormatInt(d.Attempts, 10), lastResult(d.Status, d.Problem), shortTime(d.NextTime),
	}
}

func lastResult(status int64, problem string) string {
	if status != 0 {
		return strconv.FormatInt(status, 10)
	}
	if problem == "" {
		return "-"
	}
	return problem
}

func shortTime(t schema.Time) string {
	if t.IsZero() {
		return "-"
	}
	return term.Beijing(t.Time).Format(time.DateTime)
}

// Run implements the command.
func (d *deliveriesShow) Run(c *term.Command) error {
	mchid, err := d.Merchant(c, d.MchID)
	if err != nil {
		return err
	}
	req := &manage.GetDeliveryRequest{MchID: mchid, EventID: d.ID}
	var told string
	err = term.ManageRun(c, &d.Managed, func(m *client.Management) (*manage.GetDeliveryResponse, error) {
		got, err := m.Delivery(c.Ctx, req)
		if err == nil {
			told = got.Delivery.State + "  " + got.Resource
		}
		return got, err
	}, []string{
		"#", c.Head("时间", "TIME"), c.Head("耗时", "TOOK"), c.Head("结果", "RESULT"), c.Head("地址", "URL"), c.Head("应答", "ANSWER"),
	}, func(got *manage.GetDeliveryResponse) (rows [][]string) {
		for _, a := range got.Attempts {
			took := (time.Duration(a.TookMS) * time.Millisecond).String()
			rows = append(rows, []string{strconv.FormatInt(a.Number, 10), shortTime(a.Time), took, lastResult(a.Status, a.Problem), a.URL, strconv.Quote(a.Answer)})
		}
		return rows
	})
	if err == nil {
		c.Say("%s", "%s", told)
	}
	return err
}

// Run implements the command.
func (d *deliveriesResend) Run(c *term.Command) error {
	req := &manage.ResendDeliveriesRequest{EventIDs: d.IDs, Product: d.Product, State: strings.ToUpper(d.State)}
	var err error
	if req.MchID, err = d.Merchant(c, d.MchID); err != nil {
		return err
	}
	if req.From, err = c.Moment(d.Since); err != nil {
		return err
	}
	if req.Until, err = c.Moment(d.Until); err != nil {
		return err
	}
	return term.ManageRun(c, &d.Managed, func(m *client.Management) (*manage.ResendDeliveriesResponse, error) {
		all := &manage.ResendDeliveriesResponse{}
		for { // a page at a time
			got, err := m.ResendDeliveries(c.Ctx, req)
			if err != nil {
				return nil, err
			}
			all.Resent += got.Resent
			if req.Before = got.Last; got.Last == 0 {
				return all, nil
			}
		}
	}, []string{c.Head("重新投递条数", "SENT AGAIN")}, func(all *manage.ResendDeliveriesResponse) [][]string {
		return [][]string{{strconv.FormatInt(all.Resent, 10)}}
	})
}

// Run implements the command. A receiver that takes a forgery ends it with 1.
func (d *deliveriesForge) Run(c *term.Command) error {
	mchid, err := d.Merchant(c, d.MchID)
	if err != nil {
		return err
	}
	req := &manage.ForgeRequest{MchID: mchid, EventID: d.ID}
	var fooled int64
	if err := term.ManageRun(c, &d.Managed, func(m *client.Management) (*manage.ForgeResponse, error) {
		tried, err := m.Forge(c.Ctx, req)
		if err == nil {
			fooled = tried.Fooled
		}
		return tried, err
	}, []string{c.Head("通知", "NOTIFICATION"), c.Head("应答", "ANSWER"), c.Head("结论", "VERDICT"), c.Head("说明", "MEANING")},
		func(tried *manage.ForgeResponse) (rows [][]string) {
			for i := range tried.Trials {
				t := &tried.Trials[i]
				rows = append(rows, []string{t.Kind, lastResult(t.Status, t.Problem), t.Verdict, c.Choose(t.TextZH, t.TextEN)})
			}
			return rows
		}); err != nil {
		return err
	}
	if fooled > 0 {
		c.Say("接收端接受了 %d 个伪造的通知", "The receiver accepted %d forged notifications.", fooled)
		return term.ErrReported
	}
	return nil
}

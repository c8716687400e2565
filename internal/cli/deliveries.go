package cli

import (
	"strconv"
	"strings"
	"time"

	"github.com/favord/favord/client"
	"github.com/favord/favord/internal/fault"
	"github.com/favord/favord/wire/manage"
	"github.com/favord/favord/wire/schema"
)

// deliveriesCommand shows what merchants were told and sends it again.
type deliveriesCommand struct {
	List   deliveriesList   `cmd:"" default:"withargs" help:"deliverieslist"`
	Show   deliveriesShow   `cmd:"" help:"deliveriesshow"`
	Resend deliveriesResend `cmd:"" help:"deliveriesresend"`
}

func deliveryTexts() map[string][2]string {
	return map[string][2]string{
		"deliveries":       {"回调投递：列出、查看、重新投递", "Callbacks that were sent: list them, show them, send them again."},
		"deliverieslist":   {"列出投递（缺省命令），最新在前", "List deliveries, the newest first; the default."},
		"deliveriesshow":   {"查看一个事件的每次投递、应答与内容", "Show an event with each attempt, its answer and what was told."},
		"deliveriesresend": {"按事件编号或时间重新投递，每次重新签名", "Send events again, by their ids or by time, signed anew."},
		"deliverymchid":    {"商户号，缺省为沙箱的演示商户", "Merchant; without it the demo merchant of the sandbox."},
		"deliveryproduct":  {"产品：busifavor 或 favor", "Product: busifavor or favor."},
		"deliverystate":    {"状态：pending、delivered 或 dead", "State: pending, delivered or dead."},
		"deliverysince":    {"从何时起：时间，或多久以前如 2h", "From when on: a time, or how long ago, such as 2h."},
		"deliveryuntil":    {"到何时止：时间，或多久以前", "Until when: a time, or how long ago."},
		"deliverylimit":    {"最多列出多少条", "How many to list."},
		"deliveryid":       {"事件编号（通知的id）", "Id of the event, as in the notification."},
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
		managed
		chosenDeliveries
		Limit int64 `short:"n" help:"deliverylimit" default:"20"`
	}
	deliveriesShow struct {
		managed
		MchID string `name:"mchid" help:"deliverymchid" placeholder:"MCHID"`
		ID    string `arg:"" help:"deliveryid"`
	}
	deliveriesResend struct {
		managed
		chosenDeliveries
		IDs []string `arg:"" optional:"" help:"deliveryid"`
	}
)

// merchant is whose deliveries are meant.
func (m *managed) merchant(c *command, named string) (string, error) {
	if named != "" {
		return named, nil
	}
	e, err := c.environment(m.EnvFile)
	return e.MchID, err
}

// errMoment refuses what is neither a time nor a duration.
var errMoment = fault.New(fault.Refused,
	"时间须如 2026-12-05T12:00:00+08:00，或多久以前如 2h", "Write a time as 2026-12-05T12:00:00+08:00, or how long ago as 2h.")

// moment reads a time, or how long ago it was.
func (c *command) moment(text string) (schema.Time, error) {
	if text == "" {
		return schema.Time{}, nil
	}
	if ago, err := time.ParseDuration(text); err == nil && ago >= 0 {
		return schema.TimeOf(c.Clock.Now().Add(-ago)), nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return schema.Time{}, errMoment
	}
	return schema.TimeOf(at), nil
}

// Run implements the command.
func (d *deliveriesList) Run(c *command) error {
	req := &manage.ListDeliveriesRequest{Product: d.Product, State: strings.ToUpper(d.State), Limit: &d.Limit}
	var err error
	if req.MchID, err = d.merchant(c, d.MchID); err != nil {
		return err
	}
	if req.From, err = c.moment(d.Since); err != nil {
		return err
	}
	if req.Until, err = c.moment(d.Until); err != nil {
		return err
	}
	return manageRun(c, &d.managed, func(m *client.Management) (*manage.ListDeliveriesResponse, error) { return m.Deliveries(c.ctx, req) },
		[]string{
			c.choose("开始", "BEGAN"), c.choose("事件编号", "EVENT ID"), c.choose("类型", "TYPE"), c.choose("状态", "STATE"),
			c.choose("次数", "ATTEMPTS"), c.choose("最近结果", "LAST"), c.choose("下次", "NEXT"),
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
	return t.Local().Format(time.DateTime)
}

// Run implements the command.
func (d *deliveriesShow) Run(c *command) error {
	mchid, err := d.merchant(c, d.MchID)
	if err != nil {
		return err
	}
	req := &manage.GetDeliveryRequest{MchID: mchid, EventID: d.ID}
	var told string
	err = manageRun(c, &d.managed, func(m *client.Management) (*manage.GetDeliveryResponse, error) {
		got, err := m.Delivery(c.ctx, req)
		if err == nil {
			told = got.Delivery.State + "  " + got.Resource
		}
		return got, err
	}, []string{
		"#", c.choose("时间", "TIME"), c.choose("耗时", "TOOK"), c.choose("结果", "RESULT"), c.choose("地址", "URL"), c.choose("应答", "ANSWER"),
	}, func(got *manage.GetDeliveryResponse) (rows [][]string) {
		for _, a := range got.Attempts {
			took := (time.Duration(a.TookMS) * time.Millisecond).String()
			rows = append(rows, []string{strconv.FormatInt(a.Number, 10), shortTime(a.Time), took, lastResult(a.Status, a.Problem), a.URL, strconv.Quote(a.Answer)})
		}
		return rows
	})
	if err == nil {
		c.say("%s", "%s", told)
	}
	return err
}

// Run implements the command.
func (d *deliveriesResend) Run(c *command) error {
	req := &manage.ResendDeliveriesRequest{EventIDs: d.IDs, Product: d.Product, State: strings.ToUpper(d.State)}
	var err error
	if req.MchID, err = d.merchant(c, d.MchID); err != nil {
		return err
	}
	if req.From, err = c.moment(d.Since); err != nil {
		return err
	}
	if req.Until, err = c.moment(d.Until); err != nil {
		return err
	}
	return manageRun(c, &d.managed, func(m *client.Management) (*manage.ResendDeliveriesResponse, error) {
		all := &manage.ResendDeliveriesResponse{}
		for { // a page at a time
			got, err := m.ResendDeliveries(c.ctx, req)
			if err != nil {
				return nil, err
			}
			all.Resent += got.Resent
			if req.Before = got.Last; got.Last == 0 {
				return all, nil
			}
		}
	}, []string{c.choose("重新投递条数", "SENT AGAIN")}, func(all *manage.ResendDeliveriesResponse) [][]string {
		return [][]string{{strconv.FormatInt(all.Resent, 10)}}
	})
}

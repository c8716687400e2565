package control

import (
	"strconv"
	"time"

	"github.com/favord/favord/client"
	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/wire/manage"
)

// Faults lets things go wrong in a sandbox on purpose.
type Faults struct {
	List  faultsList  `cmd:"" help:"faultslist"`
	Add   faultsAdd   `cmd:"" help:"faultsadd"`
	Clear faultsClear `cmd:"" help:"faultsclear"`
}

// FaultTexts are the help of the commands about faults, in Chinese and English, by their keys.
func FaultTexts() map[string][2]string {
	return map[string][2]string{
		"faults":         {"沙箱故障注入：错误码、延迟、断连、坏签名、回调异常", "Inject faults: errors, delays, dropped connections, bad signatures, misbehaving callbacks."},
		"faultslist":     {"列出故障规则", "List the fault rules."},
		"faultsadd":      {"新增故障规则", "Add a fault rule."},
		"faultsclear":    {"清除全部故障规则，或指定的一条", "Remove all fault rules, or the one with this ID."},
		"faultkind":      {"故障类型，给出--code时缺省为ERROR", "Kind of fault; ERROR if you pass --code."},
		"faultmchid":     {"只影响该商户", "Apply to this merchant only."},
		"faultoperation": {"接口编号，如 busifavor.coupons.use 或 busifavor.*；回调故障为事件类型", "Operation, such as busifavor.coupons.use or busifavor.*; for callbacks, an event type."},
		"faultstatus":    {"HTTP状态码", "HTTP status of the error."},
		"faultcode":      {"错误码，须为文档列出的", "Error code; it must be documented for the operation."},
		"faultmessage":   {"错误描述（中文），多个错误同码时用来选择", "Error message in Chinese, to choose among errors with the same code."},
		"faultdelay":     {"延迟时长", "Length of the delay."},
		"faultrate":      {"命中比例（百分比）", "Percentage of calls to hit."},
		"faultcount":     {"命中次数，用完即止", "Number of hits after which the rule ends."},
		"faultid":        {"故障编号", "ID of the fault rule."},
	}
}

type (
	faultsList struct{ term.Managed }
	faultsAdd  struct {
		term.Managed
		Kind      string        `arg:"" optional:"" help:"faultkind"`
		MchID     string        `name:"mchid" help:"faultmchid" placeholder:"MCHID"`
		Operation string        `help:"faultoperation" placeholder:"ID"`
		Status    int64         `help:"faultstatus"`
		Code      string        `help:"faultcode"`
		Message   string        `help:"faultmessage"`
		Delay     time.Duration `help:"faultdelay"`
		Rate      int64         `help:"faultrate" placeholder:"PERCENT"`
		Count     int64         `help:"faultcount"`
	}
	faultsClear struct {
		term.Managed
		ID string `arg:"" optional:"" help:"faultid"`
	}
)

// Run implements the command.
func (f *faultsList) Run(c *term.Command) error {
	return term.ManageRun(c, &f.Managed, func(m *client.Management) (*manage.FaultList, error) { return m.Faults(c.Ctx) },
		faultHeads(c), func(list *manage.FaultList) (rows [][]string) {
			for i := range list.Faults {
				rows = append(rows, faultRow(&list.Faults[i]))
			}
			return rows
		})
}

// Run implements the command.
func (f *faultsAdd) Run(c *term.Command) error {
	req := &manage.AddFaultRequest{
		Kind: f.Kind, MchID: f.MchID, Operation: f.Operation,
		Status: f.Status, Code: f.Code, Message: f.Message, DelayMS: f.Delay.Milliseconds(),
	}
	if req.Kind == "" && req.Code != "" {
		req.Kind = "ERROR"
	}
	if f.Rate != 0 {
		req.Percent = &f.Rate
	}
	if f.Count != 0 {
		req.Count = &f.Count
	}
	return term.ManageRun(c, &f.Managed, func(m *client.Management) (*manage.Fault, error) { return m.AddFault(c.Ctx, req) },
		faultHeads(c), func(added *manage.Fault) [][]string { return [][]string{faultRow(added)} })
}

// Run implements the command.
func (f *faultsClear) Run(c *term.Command) error {
	return term.ManageRun(c, &f.Managed, func(m *client.Management) (*manage.ClearedFaults, error) {
		if f.ID != "" {
			return m.RemoveFault(c.Ctx, &manage.RemoveFaultRequest{ID: f.ID})
		}
		return m.ClearFaults(c.Ctx)
	}, []string{c.Head("清除条数", "REMOVED")}, func(cleared *manage.ClearedFaults) [][]string {
		return [][]string{{strconv.FormatInt(cleared.Removed, 10)}}
	})
}

func faultHeads(c *term.Command) []string {
	return []string{
		c.Head("编号", "ID"), c.Head("类型", "KIND"), c.Head("商户", "MERCHANT"), c.Head("接口", "OPERATION"),
		c.Head("错误", "ERROR"), c.Head("延迟", "DELAY"), "%", c.Head("剩余", "LEFT"), c.Head("命中", "HITS"),
	}
}

func faultRow(f *manage.Fault) []string {
	or := func(text, otherwise string) string {
		if text == "" {
			return otherwise
		}
		return text
	}
	failure, delay, left := "-", "-", "∞"
	switch {
	case f.Code != "" && f.Status == 0: // that of the code, whatever the operation
		failure = f.Code
	case f.Code != "":
		failure = strconv.FormatInt(f.Status, 10) + " " + f.Code
	}
	if f.DelayMS > 0 {
		delay = (time.Duration(f.DelayMS) * time.Millisecond).String()
	}
	if f.Left != nil {
		left = strconv.FormatInt(*f.Left, 10)
	}
	return []string{
		f.ID, f.Kind, or(f.MchID, "*"), or(f.Operation, "*"), failure, delay,
		strconv.FormatInt(f.Percent, 10), left, strconv.FormatInt(f.Hits, 10),
	}
}

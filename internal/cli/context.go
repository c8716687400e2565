package cli

import (
	"fmt"
	"os"
	"strings"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/internal/sandbox"
)

// contextCommand keeps whom commands talk to.
type contextCommand struct {
	List   contextList   `cmd:"" help:"contextlist"`
	Use    contextUse    `cmd:"" help:"contextuse"`
	Add    contextAdd    `cmd:"" help:"contextadd"`
	Remove contextRemove `cmd:"" help:"contextremove"`
}

func contextTexts() map[string][2]string {
	return map[string][2]string{
		"context":     {"切换命令面向的环境：沙箱、其他服务器、微信支付", "Choose which server commands talk to: the sandbox, another server or WeChat Pay."},
		"contextlist": {"列出上下文", "List contexts."},
		"contextuse":  {"切换到一个上下文（sandbox为本机正在运行的沙箱）", "Switch to a context; sandbox is the sandbox running on this machine."},
		"contextadd": {
			"新增上下文：来自连接方式文件（--env），或给出 --mchid、--serial、--key，以及 --platform-cert 或 --public-key",
			"Add a context from an environment file (--env), or from --mchid, --serial, --key, and --platform-cert or --public-key.",
		},
		"contextremove": {"删除上下文", "Remove a context."},
		"contextname":   {"名称", "Name."},
		"ctxmchid":      {"商户号", "Merchant ID."},
		"ctxserial":     {"商户证书序列号", "Serial number of the merchant certificate."},
		"ctxkey":        {"商户私钥文件（PEM）", "Private key file of the merchant (PEM)."},
		"ctxapiv3":      {"存有APIv3密钥的文件", "File with the APIv3 key."},
		"ctxcert":       {"平台证书文件（PEM）", "Platform certificate file (PEM)."},
		"ctxcertserial": {"平台证书序列号", "Serial number of the platform certificate."},
		"ctxpublicid":   {"微信支付公钥ID", "ID of the WeChat Pay public key."},
		"ctxpublickey":  {"微信支付公钥文件（PEM）", "WeChat Pay public key file (PEM)."},
		"ctxappid":      {"公众账号ID", "Appid."},
	}
}

type (
	contextList struct {
		Output term.Format `short:"o" enum:"table,json,yaml,csv" default:"table" help:"output"`
	}
	contextUse struct {
		Name string `arg:"" help:"contextname"`
	}
	contextRemove struct {
		Name string `arg:"" help:"contextname"`
	}
	contextAdd struct {
		Name           string `arg:"" help:"contextname"`
		EnvFile        string `name:"env" help:"envfile" placeholder:"FILE" type:"path"`
		BaseURL        string `name:"base-url" help:"baseurl" placeholder:"URL"`
		ManageURL      string `name:"manage-url" help:"manageurl" placeholder:"URL"`
		MchID          string `name:"mchid" help:"ctxmchid"`
		Serial         string `help:"ctxserial"`
		Key            string `help:"ctxkey" placeholder:"FILE" type:"path"`
		APIv3KeyFile   string `name:"apiv3-key-file" help:"ctxapiv3" placeholder:"FILE" type:"path"`
		PlatformCert   string `help:"ctxcert" placeholder:"FILE" type:"path"`
		PlatformSerial string `help:"ctxcertserial"`
		PublicKeyID    string `name:"public-key-id" help:"ctxpublicid"`
		PublicKey      string `help:"ctxpublickey" placeholder:"FILE" type:"path"`
		AppID          string `name:"appid" help:"ctxappid"`
	}
)

// contextRow is a context as it is listed.
type contextRow struct {
	Name    string `json:"name"`
	Current bool   `json:"current"`
	APIURL  string `json:"api_url,omitempty"`
	MchID   string `json:"mchid,omitempty"`
}

// Run implements the command.
func (l *contextList) Run(c *term.Command) error {
	kept := c.Contexts()
	names, err := kept.List()
	if err != nil {
		return err
	}
	var list []contextRow
	var rows [][]string
	for _, name := range names {
		known, err := l.known(c, name)
		if err != nil {
			return err
		}
		for _, e := range known {
			row := contextRow{Name: name, Current: name == kept.Current(), APIURL: e.APIURL, MchID: e.MchID}
			list = append(list, row)
			rows = append(rows, []string{map[bool]string{true: "*"}[row.Current], row.Name, row.APIURL, row.MchID})
		}
	}
	if c.Env("FAVORD_API_URL") != "" || c.Env("FAVORD_MANAGE_URL") != "" {
		c.Say("环境变量 FAVORD_… 优先于上下文", "The variables FAVORD_… come before the context.")
	}
	return l.Output.Print(c, list, []string{"", c.Head("名称", "NAME"), c.Head("接口", "API"), c.Head("商户", "MERCHANT")}, rows)
}

// known are the environments of a context: one, or as many as sandboxes run.
func (l *contextList) known(c *term.Command, name string) (list []sandbox.Environment, err error) {
	if name != sandbox.RunningContext {
		e, err := c.Contexts().Read(name)
		if err != nil {
			return []sandbox.Environment{{}}, nil //nolint:nilerr // a file that cannot be read is listed, so that it can be removed
		}
		return []sandbox.Environment{e}, nil
	}
	running, err := sandbox.Running(c.Ctx, c.StateDir)
	if err != nil || len(running) == 0 {
		return []sandbox.Environment{{}}, err
	}
	for _, one := range running {
		list = append(list, one.Environment)
	}
	return list, nil
}

// Run implements the command.
func (u *contextUse) Run(c *term.Command) error {
	if err := c.Contexts().Use(u.Name); err != nil {
		return err
	}
	c.Say("当前上下文：%s", "The current context is %s.", u.Name)
	return nil
}

// Run implements the command.
func (r *contextRemove) Run(c *term.Command) error { return c.Contexts().Remove(r.Name) }

// Run implements the command.
func (a *contextAdd) Run(c *term.Command) error {
	var e sandbox.Environment
	if a.EnvFile != "" {
		var err error
		if e, err = sandbox.ReadEnvironment(a.EnvFile); err != nil {
			return err
		}
	}
	for from, into := range map[*string]*string{
		&a.BaseURL: &e.APIURL, &a.ManageURL: &e.ManageURL, &a.MchID: &e.MchID, &a.Serial: &e.SerialNo, &a.Key: &e.PrivateKeyFile,
		&a.PlatformCert: &e.PlatformCertFile, &a.PlatformSerial: &e.PlatformSerialNo,
		&a.PublicKeyID: &e.PublicKeyID, &a.PublicKey: &e.PublicKeyFile, &a.AppID: &e.AppID,
	} {
		if *from != "" {
			*into = *from
		}
	}
	if a.APIv3KeyFile != "" {
		key, err := os.ReadFile(a.APIv3KeyFile)
		if err != nil {
			return fmt.Errorf("APIv3 key: %w", err)
		}
		e.APIv3Key = strings.TrimSpace(string(key))
	}
	if e.APIURL == "" {
		e.APIURL = "https://api.mch.weixin.qq.com"
	}
	if err := a.check(c, &e); err != nil {
		return err
	}
	return c.Contexts().Add(a.Name, &e)
}

// check tries everything that does not need the network.
func (a *contextAdd) check(c *term.Command, e *sandbox.Environment) error {
	if e.MchID == "" || e.SerialNo == "" || e.PrivateKeyFile == "" {
		return fault.New(fault.Refused,
			"须给出 --mchid、--serial 与 --key，或 --env FILE", "Give --mchid, --serial and --key, or --env FILE.")
	}
	if e.PlatformCertFile == "" && e.PublicKeyFile == "" {
		return fault.New(fault.Refused,
			"须给出平台证书（--platform-cert、--platform-serial）或微信支付公钥（--public-key、--public-key-id），否则无法验证应答",
			"Give the platform certificate (--platform-cert, --platform-serial) or its public key (--public-key, --public-key-id); without either, answers cannot be verified.")
	}
	_, err := c.NewClient(e, "", nil)
	return err
}

package operate

import (
	"fmt"
	"strings"

	"github.com/favord/favord/client"
	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/wire/manage"
	"github.com/favord/favord/wire/schema"
)

// Operators says which people may use the console, and for what.
type Operators struct {
	List   operatorsList   `cmd:"" help:"operatorslist"`
	Add    operatorsAdd    `cmd:"" help:"operatorsadd"`
	Roles  operatorsRoles  `cmd:"" help:"operatorsroles"`
	Invite operatorsInvite `cmd:"" help:"operatorsinvite"`
	Revoke operatorsRevoke `cmd:"" help:"operatorsrevoke"`
	Admit  operatorsAdmit  `cmd:"" help:"operatorsadmit"`

	Passkeys      operatorsPasskeys      `cmd:"" help:"operatorspasskeys"`
	RemovePasskey operatorsRemovePasskey `cmd:"" help:"operatorsremovepasskey"`
}

// Tokens says which programs may use the management port, and for what.
type Tokens struct {
	List   tokensList   `cmd:"" help:"tokenslist"`
	Create tokensCreate `cmd:"" help:"tokenscreate"`
	Rotate tokensRotate `cmd:"" help:"tokensrotate"`
	Revoke tokensRevoke `cmd:"" help:"tokensrevoke"`
}

// OperatorTexts are the help of the commands about operators, in Chinese and English, by their keys.
func OperatorTexts() map[string][2]string {
	return map[string][2]string{
		"operators":         {"管理员：谁可以登录管理台，有哪些角色", "Manage operators: who may sign in to the console, with which roles."},
		"operatorslist":     {"列出管理员", "List operators."},
		"operatorsadd":      {"添加管理员，输出一次性的邀请链接", "Add an operator; prints an invitation link that works once."},
		"operatorsroles":    {"更改管理员的角色", "Change an operator's roles."},
		"operatorsinvite":   {"重新邀请：忘记密码或丢失验证器时使用", "Invite again: for a lost password or authenticator."},
		"operatorsrevoke":   {"停用管理员，其所有会话立即失效", "Suspend an operator; all sessions end at once."},
		"operatorsadmit":    {"恢复已停用的管理员", "Reinstate a suspended operator."},
		"operatorspasskeys": {"列出一位管理员的通行密钥", "List an operator's passkeys."},
		"operatorsremovepasskey": {
			"移除管理员丢失的通行密钥，其所有会话立即结束", "Remove a passkey that an operator has lost; all the operator's sessions end at once.",
		},
		"operatorpasskey": {"通行密钥编号，见 favord operators passkeys", "Id of the passkey, see favord operators passkeys."},
		"operatorname":    {"管理员的登录名", "Name that the operator signs in with."},
		"operatordisplay": {"显示名", "Display name."},
		"operatorrole": {
			"角色，可重复：viewer、marketer、redeemer、developer、finance、maintainer、auditor、admin",
			"Role, repeatable: viewer, marketer, redeemer, developer, finance, maintainer, auditor, admin.",
		},
		"operatorafter": {"从该名称之后开始列", "Start after this name."},
		"operatorlimit": {"最多列出多少个（1至100）", "Maximum number to list (1 to 100)."},
		"tokens":        {"程序的令牌：有名称、角色和到期时间", "Manage tokens of programs: each has a name, roles and an expiry."},
		"tokenslist":    {"列出令牌", "List tokens."},
		"tokenscreate":  {"创建令牌；令牌内容只输出一次", "Create a token; its secret is printed once."},
		"tokensrotate": {
			"轮换令牌：新令牌名称与角色不变，旧令牌在并用期后失效；令牌内容只输出一次",
			"Rotate a token: its successor has the same name and roles, the old one ends after the overlap; the secret is printed once.",
		},
		"tokenoverlap": {"新旧令牌并用多久，如24h（最长30d）", "For how long both count, such as 24h (at most 30d)."},
		"tokensrevoke": {"吊销令牌", "Revoke a token."},
		"tokenname":    {"令牌的名称", "Name of the token."},
		"tokenlife":    {"有效期，如90d（最长366d）", "How long it is valid, such as 90d (at most 366d)."},
	}
}

type (
	operatorsList struct {
		term.Managed
		After string `help:"operatorafter" placeholder:"NAME"`
		Limit int64  `help:"operatorlimit" default:"20"`
	}
	oneOperator struct {
		term.Managed
		Name string `arg:"" help:"operatorname"`
	}
	operatorsAdd struct {
		oneOperator
		Role    []string `required:"" help:"operatorrole" placeholder:"ROLE"`
		Display string   `help:"operatordisplay" placeholder:"TEXT"`
	}
	operatorsRoles struct {
		oneOperator
		Role []string `required:"" help:"operatorrole" placeholder:"ROLE"`
	}
	operatorsInvite struct{ oneOperator }
	operatorsRevoke struct {
		oneOperator
		term.Final
	}
	operatorsAdmit    struct{ oneOperator }
	operatorsPasskeys struct{ oneOperator }

	operatorsRemovePasskey struct {
		oneOperator
		term.Final
		ID string `arg:"" help:"operatorpasskey"`
	}
	tokensList struct{ term.Managed }
	oneToken   struct {
		term.Managed
		Name string `arg:"" help:"tokenname"`
	}
	tokensCreate struct {
		oneToken
		Role []string `required:"" help:"operatorrole" placeholder:"ROLE"`
		For  string   `default:"90d" help:"tokenlife" placeholder:"SPAN"`
	}
	tokensRotate struct {
		oneToken
		For     string `default:"90d" help:"tokenlife" placeholder:"SPAN"`
		Overlap string `default:"24h" help:"tokenoverlap" placeholder:"SPAN"`
	}
	tokensRevoke struct {
		oneToken
		term.Final
	}
)

// roles are roles as the wire names them.
func roles(names []string) []string {
	list := make([]string, len(names))
	for i, name := range names {
		list[i] = strings.ToUpper(name)
	}
	return list
}

// Run implements the command.
func (l *operatorsList) Run(c *term.Command) error {
	req := &manage.ListOperatorsRequest{After: l.After, Limit: &l.Limit}
	return term.ManageRun(c, &l.Managed, func(m *client.Management) (*manage.OperatorList, error) { return m.Operators(c.Ctx, req) },
		operatorHeads(c), func(list *manage.OperatorList) (rows [][]string) {
			for i := range list.Operators {
				rows = append(rows, operatorRow(c, &list.Operators[i]))
			}
			return rows
		})
}

// Run implements the command.
func (a *operatorsAdd) Run(c *term.Command) error {
	return a.invited(c, func(m *client.Management) (*manage.InvitedOperator, error) {
		return m.AddOperator(c.Ctx, &manage.AddOperatorRequest{Name: a.Name, Display: a.Display, Roles: roles(a.Role)})
	})
}

// Run implements the command.
func (i *operatorsInvite) Run(c *term.Command) error {
	return i.invited(c, func(m *client.Management) (*manage.InvitedOperator, error) {
		return m.InviteOperator(c.Ctx, &manage.OperatorRequest{Name: i.Name})
	})
}

// invited prints a link that lets a person choose a password: for people alone on its line, so
// that nothing cuts it.
func (o *oneOperator) invited(c *term.Command, call func(*client.Management) (*manage.InvitedOperator, error)) error {
	var base string
	return once(c, &o.Managed, func(m *client.Management) (*manage.InvitedOperator, error) {
		base = m.BaseURL
		return call(m)
	}, func(i *manage.InvitedOperator) string {
		c.Say("%s（%s）请在 %s 前打开此链接设置密码，链接仅可使用一次：", "%s (%s) opens this link before %s to choose a password; it works once:",
			i.Operator.Name, strings.Join(i.Operator.Roles, " "), i.ExpireTime)
		return base + "/setup#" + i.Invitation
	})
}

// once calls the management port and prints what is shown only once: alone on its line, or as a
// document.
func once[T any](c *term.Command, m *term.Managed, call func(*client.Management) (*T, error), secret func(*T) string) error {
	if m.Output != "table" {
		return term.ManageRun(c, m, call, nil, func(one *T) [][]string { return [][]string{{secret(one)}} })
	}
	return term.ManageTell(c, m, call, func(one *T) { _, _ = fmt.Fprintln(c.Out, secret(one)) })
}

// Run implements the command.
func (r *operatorsRoles) Run(c *term.Command) error {
	list := roles(r.Role)
	return r.change(c, &manage.ChangeOperatorRequest{Name: r.Name, Roles: &list})
}

// Run implements the command.
func (r *operatorsRevoke) Run(c *term.Command) error {
	return r.change(c, &manage.ChangeOperatorRequest{Name: r.Name, Suspended: new(true)})
}

// Run implements the command.
func (a *operatorsAdmit) Run(c *term.Command) error {
	return a.change(c, &manage.ChangeOperatorRequest{Name: a.Name, Suspended: new(false)})
}

func (o *oneOperator) change(c *term.Command, req *manage.ChangeOperatorRequest) error {
	return term.ManageRun(c, &o.Managed, func(m *client.Management) (*manage.Operator, error) { return m.ChangeOperator(c.Ctx, req) },
		operatorHeads(c), func(one *manage.Operator) [][]string { return [][]string{operatorRow(c, one)} })
}

// Run implements the command.
func (p *operatorsPasskeys) Run(c *term.Command) error {
	return p.passkeys(c, func(*client.Management) error { return nil })
}

// Run implements the command.
func (r *operatorsRemovePasskey) Run(c *term.Command) error {
	return r.passkeys(c, func(m *client.Management) error {
		return m.RemoveOperatorPasskey(c.Ctx, &manage.OperatorPasskeyRequest{Name: r.Name, PasskeyID: r.ID})
	})
}

// passkeys prints which passkeys there are after a deed.
func (o *oneOperator) passkeys(c *term.Command, deed func(*client.Management) error) error {
	return term.ManageRun(c, &o.Managed, func(m *client.Management) (*manage.PasskeyList, error) {
		if err := deed(m); err != nil {
			return nil, err
		}
		return m.OperatorPasskeys(c.Ctx, &manage.OperatorRequest{Name: o.Name})
	}, []string{
		c.Head("编号", "id"), c.Head("名称", "label"), c.Head("主机名", "host"), c.Head("同步", "synced"), c.Head("添加时间", "added"),
	}, func(list *manage.PasskeyList) (rows [][]string) {
		for _, k := range list.Passkeys {
			synced := c.Choose("否", "no")
			if k.Synced {
				synced = c.Choose("是", "yes")
			}
			rows = append(rows, []string{k.PasskeyID, k.Label, k.Host, synced, k.CreateTime.String()})
		}
		return rows
	})
}

func operatorHeads(c *term.Command) []string {
	return []string{
		c.Head("名称", "name"), c.Head("显示名", "display name"), c.Head("角色", "roles"), c.Head("状态", "state"),
		c.Head("两步验证", "second factor"),
	}
}

func operatorRow(c *term.Command, o *manage.Operator) []string {
	state := map[string]string{
		"INVITED": c.Choose("已邀请", "invited"), "ACTIVE": c.Choose("正常", "active"), "SUSPENDED": c.Choose("已停用", "suspended"),
	}[o.State]
	return []string{o.Name, o.Display, strings.Join(o.Roles, " "), state, secondFactor(c, o)}
}

// secondFactor says what besides the password lets a person in.
func secondFactor(c *term.Command, o *manage.Operator) string {
	var has []string
	if o.TOTP {
		has = append(has, c.Choose("验证器", "authenticator"))
	}
	if o.Passkeys > 0 {
		has = append(has, fmt.Sprintf(c.Choose("通行密钥×%d", "passkeys: %d"), o.Passkeys))
	}
	if len(has) == 0 {
		return c.Choose("未启用", "no")
	}
	return strings.Join(has, c.Choose("、", ", "))
}

// Run implements the command.
func (l *tokensList) Run(c *term.Command) error {
	return term.ManageRun(c, &l.Managed, func(m *client.Management) (*manage.TokenList, error) { return m.Tokens(c.Ctx) },
		tokenHeads(c), func(list *manage.TokenList) (rows [][]string) {
			for i := range list.Tokens {
				rows = append(rows, tokenRow(&list.Tokens[i]))
			}
			return rows
		})
}

// Run implements the command. What it prints is a file for --token-file.
func (t *tokensCreate) Run(c *term.Command) error {
	span, err := term.ParseSpan(t.For)
	if err != nil {
		return err
	}
	req := &manage.CreateTokenRequest{Name: t.Name, Roles: roles(t.Role), ExpireTime: schema.TimeOf(c.Clock.Now().Add(span))}
	return t.made(c, func(m *client.Management) (*manage.CreatedToken, error) { return m.CreateToken(c.Ctx, req) })
}

// Run implements the command. What it prints is a file for --token-file.
func (t *tokensRotate) Run(c *term.Command) error {
	span, err := term.ParseSpan(t.For)
	if err != nil {
		return err
	}
	both, err := term.ParseSpan(t.Overlap)
	if err != nil {
		return err
	}
	overlap := int64(both.Seconds())
	req := &manage.RotateTokenRequest{Name: t.Name, ExpireTime: schema.TimeOf(c.Clock.Now().Add(span)), Overlap: &overlap}
	return t.made(c, func(m *client.Management) (*manage.CreatedToken, error) { return m.RotateToken(c.Ctx, req) })
}

// made prints a new token.
func (o *oneToken) made(c *term.Command, call func(*client.Management) (*manage.CreatedToken, error)) error {
	return once(c, &o.Managed, call, func(made *manage.CreatedToken) string {
		c.Say("令牌 %s（%s）有效至 %s，内容只显示这一次：", "Token %s (%s) is valid until %s; its secret is shown this once:",
			made.Token.Name, strings.Join(made.Token.Roles, " "), made.Token.ExpireTime)
		return made.Secret
	})
}

// Run implements the command.
func (t *tokensRevoke) Run(c *term.Command) error {
	return term.ManageRun(c, &t.Managed, func(m *client.Management) (*manage.TokenList, error) {
		if err := m.RevokeToken(c.Ctx, &manage.TokenRequest{Name: t.Name}); err != nil {
			return nil, err
		}
		return m.Tokens(c.Ctx)
	}, tokenHeads(c), func(list *manage.TokenList) (rows [][]string) {
		for i := range list.Tokens {
			rows = append(rows, tokenRow(&list.Tokens[i]))
		}
		return rows
	})
}

func tokenHeads(c *term.Command) []string {
	return []string{
		c.Head("名称", "name"), c.Head("角色", "roles"), c.Head("创建者", "made by"), c.Head("到期时间", "expires"), c.Head("最近使用", "last used"),
	}
}

func tokenRow(t *manage.Token) []string {
	used := ""
	if !t.UseTime.IsZero() {
		used = t.UseTime.String()
	}
	return []string{t.Name, strings.Join(t.Roles, " "), t.CreatedBy, t.ExpireTime.String(), used}
}

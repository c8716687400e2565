package operate

import (
	"strconv"

	"github.com/favord/favord/client"
	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/wire/manage"
)

// Users registers users and says who they are.
type Users struct {
	List     usersList     `cmd:"" help:"userslist"`
	Show     usersShow     `cmd:"" help:"usersshow"`
	Register usersRegister `cmd:"" help:"usersregister"`
	Link     usersLink     `cmd:"" help:"userslink"`
	Unlink   usersUnlink   `cmd:"" help:"usersunlink"`
	Mark     usersMark     `cmd:"" help:"usersmark"`
	Forget   usersForget   `cmd:"" help:"usersforget"`
}

// UserTexts are the help of the commands about users, in Chinese and English, by their keys.
func UserTexts() map[string][2]string {
	return map[string][2]string{
		"users":         {"用户：登记openid，关联自然人，标记可疑账号", "Manage users: register openids, link accounts of one person, mark suspicious accounts."},
		"userslist":     {"列出用户", "List users."},
		"usersshow":     {"查看用户", "Show a user."},
		"usersregister": {"登记用户", "Register a user."},
		"userslink":     {"声明两个用户为同一自然人", "Declare that two users are the same person."},
		"usersunlink":   {"取消用户与他人的自然人关联", "Remove a user's link to other accounts."},
		"usersmark":     {"标记账号为可疑或可信", "Mark an account as suspicious or trusted."},
		"usersforget": {
			"抹去用户的全部openid与unionid，不可撤销；券与额度仍按账号计",
			"Forget all openids and the unionid of a user, for good; coupons and limits stay with the account.",
		},
		"useropenid":     {"用户的openid", "The user's openid."},
		"userother":      {"另一个用户的openid", "The other user's openid."},
		"userappid":      {"openid所属的appid", "Appid the openid belongs to."},
		"userunionid":    {"用户在各appid间通用的unionid", "The user's unionid, shared by all appids."},
		"usersuspicious": {"只列出可疑用户", "List suspicious users only."},
		"userperson":     {"只列出与该openid为同一自然人的用户", "List only users who are the same person as this openid."},
		"usersafter":     {"从该openid之后开始列", "Start after this openid."},
		"userslimit":     {"最多列出多少个（1至100）", "Maximum number to list (1 to 100)."},
		"strictusers":    {"拒绝未登记的openid（如同生产环境），用 favord users 登记", "Refuse unregistered openids, as production does; register them with favord users."},
		"usermark":       {"suspicious（可疑）或trusted（可信）", "suspicious or trusted."},
	}
}

type (
	usersList struct {
		term.Managed
		Suspicious bool   `help:"usersuspicious"`
		UnionID    string `name:"unionid" help:"userunionid" placeholder:"ID"`
		Person     string `name:"same-person-as" help:"userperson" placeholder:"OPENID"`
		After      string `help:"usersafter" placeholder:"OPENID"`
		Limit      int64  `help:"userslimit" default:"20"`
	}
	// oneUser is what every command about one user takes.
	oneUser struct {
		term.Managed
		OpenID string `arg:"" name:"openid" help:"useropenid"`
	}
	usersShow     struct{ oneUser }
	usersRegister struct {
		oneUser
		AppID      string `name:"appid" required:"" help:"userappid" placeholder:"APPID"`
		UnionID    string `name:"unionid" help:"userunionid" placeholder:"ID"`
		Suspicious bool   `help:"usersmark"`
	}
	usersLink struct {
		oneUser
		Other string `arg:"" help:"userother"`
	}
	usersUnlink struct{ oneUser }
	usersForget struct {
		oneUser
		term.Final
	}
	usersMark struct {
		oneUser
		Mark string `arg:"" enum:"suspicious,trusted" help:"usermark"`
	}
)

// Run implements the command.
func (l *usersList) Run(c *term.Command) error {
	req := &manage.ListUsersRequest{UnionID: l.UnionID, SamePersonAs: l.Person, After: l.After, Limit: &l.Limit}
	if l.Suspicious {
		req.Suspicious = "true"
	}
	return term.ManageRun(c, &l.Managed, func(m *client.Management) (*manage.UserList, error) { return m.Users(c.Ctx, req) },
		userHeads(c), func(list *manage.UserList) (rows [][]string) {
			for i := range list.Users {
				rows = append(rows, userRow(c, &list.Users[i]))
			}
			return rows
		})
}

// Run implements the command.
func (u *usersShow) Run(c *term.Command) error {
	return u.run(c, func(m *client.Management) (*manage.User, error) {
		return m.User(c.Ctx, &manage.UserRequest{OpenID: u.OpenID})
	})
}

// Run implements the command.
func (u *usersRegister) Run(c *term.Command) error {
	req := &manage.PutUserRequest{OpenID: u.OpenID, AppID: u.AppID}
	if u.UnionID != "" {
		req.UnionID = &u.UnionID
	}
	if u.Suspicious {
		req.Suspicious = &u.Suspicious
	}
	return u.run(c, func(m *client.Management) (*manage.User, error) { return m.PutUser(c.Ctx, req) })
}

// Run implements the command.
func (u *usersLink) Run(c *term.Command) error {
	return u.change(c, func(req *manage.PutUserRequest) { req.SamePersonAs = u.Other })
}

// Run implements the command.
func (u *usersUnlink) Run(c *term.Command) error {
	return u.change(c, func(req *manage.PutUserRequest) { req.SamePersonAs = u.OpenID })
}

// Run implements the command.
func (u *usersMark) Run(c *term.Command) error {
	return u.change(c, func(req *manage.PutUserRequest) { req.Suspicious = new(u.Mark == "suspicious") })
}

// Run implements the command.
func (u *usersForget) Run(c *term.Command) error {
	heads := []string{
		c.Head("账号", "account"), c.Head("替代名称", "name"), "openid", c.Head("商家券", "coupons"), c.Head("代金券", "vouchers"),
	}
	return term.ManageRun(c, &u.Managed, func(m *client.Management) (*manage.ForgottenUser, error) {
		return m.ForgetUser(c.Ctx, &manage.UserRequest{OpenID: u.OpenID})
	}, heads, func(f *manage.ForgottenUser) [][]string {
		if f.Linked > 0 {
			c.Say("同一自然人另有 %d 个openid：如需，请逐一抹去", "%d openids of the same person are left: forget them, too, if you must", f.Linked)
		}
		return [][]string{{
			f.Account, f.Name, strconv.FormatInt(f.OpenIDs, 10), strconv.FormatInt(f.Coupons, 10), strconv.FormatInt(f.Vouchers, 10),
		}}
	})
}

// change changes a user who is registered.
func (u *oneUser) change(c *term.Command, change func(*manage.PutUserRequest)) error {
	return u.run(c, func(m *client.Management) (*manage.User, error) {
		known, err := m.User(c.Ctx, &manage.UserRequest{OpenID: u.OpenID})
		if err != nil {
			return nil, err
		}
		req := &manage.PutUserRequest{OpenID: u.OpenID, AppID: known.AppID}
		change(req)
		return m.PutUser(c.Ctx, req)
	})
}

func (u *oneUser) run(c *term.Command, call func(*client.Management) (*manage.User, error)) error {
	return term.ManageRun(c, &u.Managed, call, userHeads(c), func(one *manage.User) [][]string { return [][]string{userRow(c, one)} })
}

func userHeads(c *term.Command) []string {
	return []string{"openid", "appid", c.Head("账号", "account"), c.Head("自然人", "person"), "unionid", c.Head("标记", "mark")}
}

func userRow(c *term.Command, u *manage.User) []string {
	mark := ""
	if u.Suspicious {
		mark = c.Choose("可疑", "suspicious")
	}
	return []string{u.OpenID, u.AppID, u.Account, u.Person, u.UnionID, mark}
}

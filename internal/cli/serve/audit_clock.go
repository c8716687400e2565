package serve

import (
	"strings"

	"github.com/favord/favord/client"
	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/wire/manage"
)

// tellClock says that the times which are shown may not be those at which people did something: most changes
// of a merchant's data have its business time, which a sandbox can move.
func tellClock(c *term.Command, from auditor, mchid string) {
	m, is := from.(*client.Management)
	if !is {
		return
	}
	k, err := m.Clock(c.Ctx, &manage.GetClockRequest{MchID: mchid})
	if err != nil { // a production server has no clock to move
		return
	}
	if k.State != "REAL" {
		c.Say("注意：业务时间已调整，现为 %s（真实时间 %s）。商户、密钥、用户、草稿、管理员的记录为真实时间，其余为业务时间；请求的真实时间见 favord logs",
			"Note: business time was moved; it is %s (real time: %s). Entries about merchants, keys, users, drafts and "+
				"operators have real time, all others business time; `favord logs` has the real time of requests.",
			k.BusinessTime.String(), k.RealTime.String())
	}
	if len(k.OwnMchIDs) > 0 {
		c.Say("注意：商户 %s 另有业务时间，其批次、券、支付等记录为该时间",
			"Note: %s have a business time of their own, which entries of their stocks, coupons and payments have.", strings.Join(k.OwnMchIDs, " "))
	}
}

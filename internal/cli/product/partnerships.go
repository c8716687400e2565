package product

import (
	"fmt"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/wire/partnership"
)

// Partnerships is about who besides its creator may give out a stock.
type Partnerships struct {
	Build     partnershipsBuild     `cmd:"" help:"partnershipsbuild"`
	Terminate partnershipsTerminate `cmd:"" help:"partnershipsterminate"`
	List      partnershipsList      `cmd:"" help:"partnershipslist"`
}

// PartnershipTexts are the help of the commands about partnerships, in Chinese and English, by their keys.
func PartnershipTexts() map[string][2]string {
	return map[string][2]string{
		"partnerships":          {"合作关系：建立、终止、查询", "Manage partnerships: let other merchants issue your stocks."},
		"partnershipsbuild":     {"授权合作方发放一个批次", "Allow a partner to issue a stock."},
		"partnershipsterminate": {"收回授权，已发的券仍有效", "Withdraw the permission; coupons already issued stay valid."},
		"partnershipslist":      {"列出合作关系，新的在前", "List partnerships, newest first."},
		"partnerappid":          {"合作方小程序或公众号的AppID", "Appid of the partner's mini program or official account."},
		"partnermchid":          {"合作方商户号", "Mchid of the partner."},
		"partnervouchers":       {"批次是代金券（缺省为商家券）", "The stock holds cash vouchers (merchant coupons if omitted)."},
		"partnerkey":            {"幂等值Idempotency-Key，缺省随机生成；重试时给出同一个", "Idempotency-Key; random if omitted. Use the same one to retry."},
		"partnerall":            {"翻页取出全部", "Fetch all pages."},
		"partnerpage":           {"页码，从0开始", "Page number, from 0."},
		"partnerlimit":          {"每页多少个（1至50）", "Page size (1 to 50)."},
	}
}

// Who a partner is: a change must name one, a list may.
type (
	thePartner struct {
		AppID string `name:"appid" help:"partnerappid" placeholder:"APPID" xor:"partner" required:""`
		MchID string `name:"mchid" help:"partnermchid" placeholder:"MCHID" xor:"partner" required:""`
	}
	anyPartner struct {
		AppID string `name:"appid" help:"partnerappid" placeholder:"APPID" xor:"partner"`
		MchID string `name:"mchid" help:"partnermchid" placeholder:"MCHID" xor:"partner"`
	}
)

// partner returns the partner, nil when none is named.
func (p anyPartner) partner() *partnership.Partner {
	switch {
	case p.AppID != "":
		return &partnership.Partner{Type: "APPID", AppID: p.AppID}
	case p.MchID != "":
		return &partnership.Partner{Type: "MERCHANT", MerchantID: p.MchID}
	}
	return nil
}

// partnered names a kind of stock.
type partnered struct {
	term.Signed
	Vouchers bool `help:"partnervouchers"`
}

func (p *partnered) businessType() string {
	if p.Vouchers {
		return "FAVOR_STOCK"
	}
	return "BUSIFAVOR_STOCK"
}

type (
	// partnershipChange is what both changes take.
	partnershipChange struct {
		partnered
		thePartner
		Stock string `arg:"" help:"stockid"`
		Key   string `help:"partnerkey" placeholder:"KEY"`
	}
	partnershipsBuild     struct{ partnershipChange }
	partnershipsTerminate struct {
		partnershipChange
		term.Final
	}
	partnershipsList struct {
		partnered
		anyPartner
		Stock string `help:"stockid" placeholder:"ID"`
		All   bool   `help:"partnerall"`
		Page  int64  `help:"partnerpage" default:"0"`
		Limit int64  `help:"partnerlimit" default:"20"`
	}
)

// request is what both changes send.
func (p *partnershipChange) request() *partnership.BuildRequest {
	return &partnership.BuildRequest{
		IdempotencyKey: term.OrElse(p.Key, apiv3.NewNonce()), Partner: *anyPartner(p.thePartner).partner(),
		AuthorizedData: partnership.AuthorizedData{BusinessType: p.businessType(), StockID: p.Stock},
	}
}

// Run implements the command.
func (b *partnershipsBuild) Run(c *term.Command) error {
	caller, err := b.Client(c)
	if err != nil {
		return err
	}
	answer, err := caller.Partnership().Build(c.Ctx, b.request())
	if err != nil {
		return c.Refused(err)
	}
	row := partnershipRow(&partnership.Partnership{
		Partner: answer.Partner, AuthorizedData: answer.AuthorizedData, BuildTime: answer.BuildTime,
	})
	return b.Output.Print(c, answer, partnershipHeads(c), [][]string{row})
}

// Run implements the command.
func (t *partnershipsTerminate) Run(c *term.Command) error {
	caller, err := t.Client(c)
	if err != nil {
		return err
	}
	answer, err := caller.Partnership().Terminate(c.Ctx, (*partnership.TerminateRequest)(t.request()))
	if err != nil {
		return c.Refused(err)
	}
	return t.Output.Print(c, answer, []string{c.Head("批次号", "STOCK"), c.Head("终止时间", "TERMINATED")},
		[][]string{{t.Stock, answer.TerminateTime.String()}})
}

// Run implements the command.
func (l *partnershipsList) Run(c *term.Command) error {
	caller, err := l.Client(c)
	if err != nil {
		return err
	}
	req := &partnership.ListRequest{
		AuthorizedData: partnership.DataFilter{BusinessType: l.businessType(), StockID: l.Stock}, Partner: l.partner(),
		Offset: l.Page, Limit: &l.Limit,
	}
	found := []partnership.Partnership{}
	if l.All {
		req.Offset, req.Limit = 0, nil
		for p, err := range caller.Partnership().All(c.Ctx, req) {
			if err != nil {
				return c.Refused(err)
			}
			found = append(found, p)
		}
	} else {
		answer, err := caller.Partnership().List(c.Ctx, req)
		if err != nil {
			return c.Refused(err)
		}
		found = answer.Data
	}
	rows := make([][]string, len(found))
	for i := range found {
		rows[i] = partnershipRow(&found[i])
	}
	return l.Output.Print(c, found, partnershipHeads(c), rows)
}

func partnershipHeads(c *term.Command) []string {
	return []string{
		c.Head("批次号", "STOCK"), c.Head("合作方", "PARTNER"), c.Head("建立时间", "BUILT"), c.Head("终止时间", "TERMINATED"),
	}
}

func partnershipRow(p *partnership.Partnership) []string {
	ended := ""
	if !p.TerminateTime.IsZero() {
		ended = p.TerminateTime.String()
	}
	return []string{p.AuthorizedData.StockID, fmt.Sprintf("%s %s", p.Partner.Type, term.OrElse(p.Partner.AppID, p.Partner.MerchantID)), p.BuildTime.String(), ended}
}

package claim

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/busifavor/held"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/picture"
)

// card is a coupon, or the offer of one, as pages show it.
type card struct {
	// Color is the class of its colour.
	Color        string
	MerchantName string
	// Logo and Image are paths on this server; a merchant without a logo is shown by
	// Initial.
	Logo, Image string
	Initial     string
	Name        string
	Goods       string
	Figure      figure
	Condition   string
	Benefit     string
	Validity    []string
	Rules       []rule
	// Description is the merchant's own text, line by line.
	Description []string
}

// rule is one line of a list.
type rule struct{ Title, Text string }

// defaultColor is that of a stock without one.
const defaultColor = "Color020"

// colorClass is the class of a colour such as Color020; the style sheet has its value.
func colorClass(color string) string {
	switch color {
	case "Color010", "Color020", "Color030", "Color040", "Color050", "Color060", "Color070", "Color080", "Color090", "Color100":
	default:
		color = defaultColor
	}
	return "c" + strings.TrimPrefix(color, "Color")
}

// look is how pages show coupons.
type look struct {
	language
	images picture.Base
}

// lookFor is how a request wants to see coupons.
func (s *Server) lookFor(h http.Header) look { return look{languageOf(h), s.Images} }

// path is where this server has an image; empty for those of others.
func (l look) path(address string) string {
	token, own := l.images.Token(address)
	if !own {
		return ""
	}
	return token.Path()
}

func (l look) card(s *coupon.Stock, merchantName string) card {
	c := card{
		Color: colorClass(s.Display.Color), MerchantName: merchantName, Initial: initial(merchantName),
		Logo: l.path(s.Display.LogoURL), Image: l.path(s.Display.ImageURL),
		Name: s.Name, Goods: s.Goods, Figure: l.figure(&s.Benefit), Condition: l.condition(&s.Benefit), Benefit: l.benefit(&s.Benefit),
		Validity: l.validity(&s.Validity), Description: lines(s.Display.Description),
	}
	add := func(title, text string) {
		if text != "" {
			c.Rules = append(c.Rules, rule{title, text})
		}
	}
	add(l.Choose("优惠内容", "Benefit"), c.Benefit)
	add(l.Choose("适用范围", "Good for"), s.Goods)
	add(l.Choose("使用方式", "How to use"), l.useMethod(s.UseBy.Method))
	perUser := strconv.FormatInt(s.Limits.MaxPerUser, 10)
	add(l.Choose("领取限制", "Limit"), l.Choose("每人限领"+perUser+"张", perUser+" per user"))
	return c
}

// initial is the first character of a name.
func initial(name string) string {
	for _, r := range name {
		return string(r)
	}
	return "券"
}

func lines(text string) []string {
	var list []string
	for line := range strings.SplitSeq(text, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			list = append(list, line)
		}
	}
	return list
}

// pack is a claimed coupon as its holder sees it.
type pack struct {
	card
	State     coupon.State
	StateText string
	// Life says from when until when the coupon counts.
	Life string
	Code string
	// Groups is the code in groups that people can read out.
	Groups  []string
	Drawing *drawing
	// Shows is false for a coupon whose code is of no use any more.
	Usable bool
	// Received and Used are times, Used is empty while the coupon is not.
	Received, Used string
}

func (l look) pack(v *held.View) (pack, error) {
	c := &v.Coupon
	p := pack{
		card: l.card(&v.Stock, v.MerchantName), State: v.State, StateText: l.stateText(v.State),
		Life: span(c.Life.Start, c.Life.Expire), Code: string(c.Code), Groups: groups(string(c.Code)),
		Usable: v.State == coupon.StateSent, Received: c.Received.In(day.Beijing()).Format(minuteText),
	}
	p.Validity = append([]string{p.Life}, l.times(&v.Stock.Validity)...)
	if !c.Use.At.IsZero() {
		p.Used = c.Use.At.In(day.Beijing()).Format(minuteText)
	}
	if !p.Usable {
		return p, nil
	}
	var err error
	p.Drawing, err = draw(c.Code, v.Stock.Entrance.CodeDisplay)
	return p, err
}

// groups splits a long number into groups of four; other codes stay whole, since blanks
// may be part of them.
func groups(code string) []string {
	const size = 4
	if !coupon.IsPlatformCode(coupon.Code(code)) {
		return []string{code}
	}
	var list []string
	for len(code) > size {
		list, code = append(list, code[:size]), code[size:]
	}
	return append(list, code)
}

// cardAddress is where a sandbox shows a coupon of a holder.
func cardAddress(h held.Holder, stock coupon.StockID, code coupon.Code) string {
	return pathCard + "?" + url.Values{
		"appid": {string(h.AppID)}, "openid": {string(h.OpenID)}, "stock_id": {string(stock)}, "coupon_code": {string(code)},
	}.Encode()
}

// packAddress is where a sandbox lists the coupons of a holder.
func packAddress(h held.Holder, state coupon.State, offset int64) string {
	query := url.Values{"appid": {string(h.AppID)}, "openid": {string(h.OpenID)}}
	if state != "" {
		query.Set("state", string(state))
	}
	if offset > 0 {
		query.Set("offset", strconv.FormatInt(offset, 10))
	}
	return pathWallet + "?" + query.Encode()
}

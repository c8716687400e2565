package claim

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/favord/favord/internal/busifavor/held"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/picture"
)

// card is a coupon or a cash voucher, or the offer of one, as pages show it.
type card struct {
	// Color is the class of its colour.
	Color string
	// Kind names the product.
	Kind string
	// MerchantName has at most maxName characters.
	MerchantName string
	// Logo and Image are paths on this server; a merchant without a logo is shown by
	// Initial.
	Logo, Image string
	Initial     string
	Name        string
	// Goods is what it is good for, in a few words.
	Goods     string
	Figure    figure
	Condition string
	Benefit   string
	Validity  []string
	Rules     []rule
	// Description is the merchant's own text, line by line, under Heading.
	Heading     string
	Description []string
	// Use leads to where it is used, nil where users go to a shop; Entrance is the one that
	// the merchant put on the card, or nil.
	Use, Entrance *jump
}

// rule is one line of a list.
type rule struct{ Title, Text string }

// add adds a line, unless there is nothing to say.
func (c *card) add(title, text string) {
	if text != "" {
		c.Rules = append(c.Rules, rule{title, text})
	}
}

// defaultColor is that of a stock without one.
const defaultColor = "Color020"

// colorClass is the class of a colour such as Color020, which vouchers have in upper case; the
// style sheet has its value.
func colorClass(color string) string {
	number := strings.TrimPrefix(strings.ToLower(color), "color")
	switch number {
	case "010", "020", "030", "040", "050", "060", "070", "080", "090", "100":
		return "c" + number
	}
	return colorClass(defaultColor)
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
		Color: colorClass(s.Display.Color), Kind: l.Choose("商家券", "Coupon"),
		MerchantName: shortName(merchantName), Initial: initial(merchantName),
		Logo: l.path(s.Display.LogoURL), Image: l.path(s.Display.ImageURL),
		Name: s.Name, Goods: s.Goods, Figure: l.figure(&s.Benefit), Condition: l.condition(s.Benefit.Minimum),
		Benefit:  l.benefit(&s.Benefit),
		Validity: l.validity(&s.Validity), Heading: l.heading(), Description: lines(s.Display.Description),
	}
	c.add(l.Choose("优惠内容", "Benefit"), c.Benefit)
	c.add(l.Choose("优惠说明", "Good for"), s.Goods)
	c.add(l.Choose("使用方式", "How to use"), l.useMethod(s.UseBy.Method))
	perUser := strconv.FormatInt(s.Limits.MaxPerUser, 10)
	c.add(l.Choose("领取限制", "Limit"), l.Choose("每人限领"+perUser+"张", perUser+" per user"))
	if s.UseBy.Method == coupon.UseByMiniProgram {
		c.Use = l.jump(s.UseBy.MiniProgramAppID, s.UseBy.MiniProgramPath, "", "")
	}
	l.addEntrance(&c, &s.Entrance)
	return c
}

// addEntrance adds where the merchant lets the card lead (busifavor 4.5).
func (l look) addEntrance(c *card, e *coupon.Entrance) {
	if m := e.MiniProgram; m != nil {
		c.Entrance = l.jump(m.AppID, m.Path, m.EntranceText, m.GuidingText)
		c.Entrance.Aside = true
	}
	c.add(l.Choose("商家公众号", "Official account"), string(e.AppID))
	c.add(l.Choose("更多优惠", "More offers"), e.HallID)
	c.add(l.Choose("可用门店", "Shop"), e.StoreID)
}

// heading stands above the merchant's own text.
func (l language) heading() string { return l.Choose("使用须知", "Good to know") }

// maxName is how many characters of a merchant's name pages show (busifavor 4.6).
const maxName = 12

// shortName is a name as far as pages show it.
func shortName(name string) string {
	if runes := []rune(name); len(runes) > maxName {
		return string(runes[:maxName])
	}
	return name
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

// pack is a claimed coupon or voucher as its holder sees it.
type pack struct {
	card
	StateText string
	// Life says from when until when it counts.
	Life string
	// CodeTitle says what Code is; Groups is the code in groups that people can read out.
	CodeTitle, Code string
	Groups          []string
	// Drawing is nil while there is nothing to show at the counter; Notice says in its place
	// what there is to do.
	Drawing *drawing
	Notice  string
	// Usable is false for one that is of no use any more, Waiting is true for one that is of
	// no use yet.
	Usable, Waiting bool
	// Received and Used are times, Used is empty while it is not.
	Received, Used string
}

func (l look) pack(v *held.View) (pack, error) {
	c := &v.Coupon
	p := pack{
		card: l.card(&v.Stock, v.MerchantName), StateText: l.stateText(v.State),
		Life: span(c.Life.Start, c.Life.Expire), CodeTitle: l.Choose("券码", "Code"),
		Usable: v.State == coupon.StateSent, Waiting: v.Waiting, Received: minute(c.Received),
	}
	p.Validity = append([]string{p.Life}, l.times(&v.Stock.Validity)...)
	if !c.Use.At.IsZero() {
		p.Used = minute(c.Use.At)
	}
	if p.Waiting {
		p.wait(l)
		return p, nil
	}
	p.Code, p.Groups = string(c.Code), groups(string(c.Code))
	if !p.Usable {
		p.Notice = p.StateText
		return p, nil
	}
	var err error
	p.Drawing, err = draw(c.Code, v.Stock.Entrance.CodeDisplay)
	return p, err
}

// wait says that the time of a coupon or voucher has not come. Its code is of no use before,
// and stays hidden.
func (p *pack) wait(l look) {
	p.StateText = l.Choose("未生效", "Not yet valid")
	p.Notice = l.Choose("未到使用时间", "Not valid yet")
	p.Use = nil
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

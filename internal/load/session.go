package load

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/wire/busifavor"
	"github.com/favord/favord/wire/schema"
)

// Options let a caller take part in a scenario.
type Options struct {
	// Say is told what goes on; nil tells nobody.
	Say func(fault.Text)
	// Watch is called when the load of a phase begins, and what it returns when it
	// has ended; nil watches nothing.
	Watch func(phase string) (ended func())
}

// session is a scenario on its way.
type session struct {
	target  *Target
	plan    Plan
	options Options
	pace    pace
	caller  *caller
	report  *Report
	book    *book
	// perSecond is what the server bore while users were registered.
	perSecond float64
	// stocks are those of the scenario, with their maximum.
	stocks  []string
	maximum int64
	// warm is the stock that users were registered with, numbers how many request
	// numbers it saw.
	warm    string
	numbers int
}

func (s *session) say(zh, en string, args ...any) {
	if s.options.Say != nil {
		s.options.Say(fault.Text{ZH: fmt.Sprintf(zh, args...), EN: fmt.Sprintf(en, args...)})
	}
}

func (s *session) watch(phase string) func() {
	if s.options.Watch == nil {
		return func() {}
	}
	return s.options.Watch(phase)
}

// plentiful is a stock that no run empties.
const plentiful = 1_000_000_000

// perUser is the most that a stock may give one user.
const perUser = 100

// createStock makes a stock through the API.
func (s *session) createStock(ctx context.Context, maximum int64) (string, error) {
	now := s.target.Clock.Now().Truncate(time.Second)
	s.numbers++
	answer, err := s.target.Client.BusiFavor().CreateStock(ctx, &busifavor.CreateStockRequest{
		StockName: "压测批次", BelongMerchant: s.caller.mchID, GoodsName: "全场商品", StockType: "NORMAL",
		CouponUseRule: busifavor.CouponUseRule{
			CouponAvailableTime: busifavor.CouponAvailableTime{
				AvailableBeginTime: schema.TimeOf(now.Add(-time.Hour)), AvailableEndTime: schema.TimeOf(now.AddDate(0, 1, 0)),
			},
			FixedNormalCoupon: &busifavor.FixedNormalCoupon{DiscountAmount: 1, TransactionMinimum: 0}, UseMethod: "OFF_LINE",
		},
		// A limit of the day, so that it is checked, too.
		StockSendRule: busifavor.StockSendRule{MaxCoupons: maximum, MaxCouponsPerUser: perUser, MaxCouponsByDay: plentiful},
		OutRequestNo:  s.caller.number("stock", s.numbers), CouponCodeMode: "WECHATPAY_MODE",
	})
	if err != nil {
		return "", fmt.Errorf("create stock: %w", err)
	}
	return answer.StockID, nil
}

// createStocks makes the stocks of the scenario.
func (s *session) createStocks(ctx context.Context, n int, maximum int64) error {
	s.maximum = maximum
	for range n {
		id, err := s.createStock(ctx, maximum)
		if err != nil {
			return err
		}
		s.stocks = append(s.stocks, id)
	}
	return nil
}

// prepare registers the users, and finds out meanwhile what the server bears.
func (s *session) prepare(ctx context.Context) (err error) {
	if s.warm, err = s.createStock(ctx, plentiful); err != nil {
		return err
	}
	s.say("准备：为%d个用户各发一张券，完成注册", "Set-up: one coupon to each of %d users, which registers them", s.caller.users)
	return s.stockUp(ctx, s.caller.users)
}

// stockUp issues coupons until there are n to work with. All must succeed.
func (s *session) stockUp(ctx context.Context, n int) error {
	n -= len(s.book.holdings)
	if n <= 0 {
		return nil
	}
	base := len(s.book.holdings)
	what := func(i int) grant {
		return grant{stock: s.warm, user: base + i, number: s.caller.number("user", base+i)}
	}
	calls, err := s.target.sign(ctx, n, func(i int) Call { return s.caller.issue(what(i)) })
	if err != nil {
		return err
	}
	r := run{
		target: s.target, plan: Plan{Duration: MaxDuration, Clients: s.clients()}, calls: calls, count: n,
		seen: func(i int, body []byte) error { return s.book.enter(what(i), body) },
	}
	result, err := r.do(ctx)
	if err != nil {
		return err
	}
	if result.Successes() != n {
		return result.setupFault()
	}
	if s.perSecond == 0 { // what is planned by it must not change under way
		s.perSecond = result.GoodPerSecond()
	}
	return nil
}

// clients is how many clients find out what the server bears: not so many that it refuses.
func (s *session) clients() int {
	const most = 64
	return min(s.plan.Clients, most)
}

// setupFault says why the set-up went wrong.
func (r *Result) setupFault() error {
	if r.Broken != "" {
		return errors.New(r.Broken)
	}
	if r.WrongText != "" {
		return errors.New(r.WrongText)
	}
	for _, a := range r.Answers() {
		if a.Status != http.StatusOK {
			return refuse(
				fmt.Sprintf("准备阶段发券失败：%d %s", a.Status, a.Code),
				fmt.Sprintf("The set-up could not issue: %d %s.", a.Status, a.Code))
		}
	}
	return refuse("准备阶段超时", "The set-up took too long.")
}

// script is what a run sends, and what its answers must be.
type script struct {
	phase string
	title fault.Text
	call  func(i int) Call
	seen  func(i int, body []byte) error
}

// measure signs and sends the calls of a script.
func (s *session) measure(ctx context.Context, sc script) error {
	count := s.plan.calls(s.perSecond)
	calls, err := s.sign(ctx, count, sc.call)
	if err != nil {
		return err
	}
	_, err = s.send(ctx, sc, &run{target: s.target, plan: s.plan, calls: calls, count: count, seen: sc.seen})
	return err
}

func (s *session) sign(ctx context.Context, n int, call func(i int) Call) ([]signed, error) {
	s.say("预先签名%d个请求，以免压测端自身成为瓶颈", "Signing %d calls beforehand, so that the generator does not measure itself", n)
	began := s.target.Clock.Now()
	calls, err := s.target.sign(ctx, n, call)
	s.report.Signed += n
	s.report.SignedIn += s.target.Clock.Now().Sub(began)
	return calls, err
}

// send runs a stretch of load and keeps its result in the report.
func (s *session) send(ctx context.Context, sc script, r *run) (*Result, error) {
	if s.options.Say != nil {
		s.options.Say(fault.Text{ZH: "发送：" + sc.title.ZH, EN: "Sending: " + sc.title.EN})
	}
	ended := s.watch(sc.phase)
	result, err := r.do(ctx)
	ended()
	if err != nil {
		return nil, err
	}
	s.report.Phases = append(s.report.Phases, Phase{Name: sc.phase, Title: sc.title, Result: result})
	return result, nil
}

package scenario

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/favord/favord/wire/manage"
	"github.com/favord/favord/wire/schema"
)

// prepare sets the stage: variables, time, stocks, codes, coupons.
func (p *player) prepare(ctx context.Context, s *Scenario) error {
	for _, v := range s.Vars {
		value, err := p.resolve(v.value)
		if err != nil {
			return err
		}
		p.known[v.name] = value
	}
	if s.Freeze.node != nil {
		frozen := step{node: s.Freeze.node, clock: &yaml.Node{
			Kind: yaml.MappingNode, Line: s.Freeze.node.Line, Column: s.Freeze.node.Column,
			Content: []*yaml.Node{{Kind: yaml.ScalarNode, Value: "freeze"}, s.Freeze.node},
		}}
		if err := p.clock(ctx, &frozen); err != nil {
			return err
		}
	}
	for _, stock := range s.Stocks {
		if err := p.stock(ctx, stock); err != nil {
			return err
		}
	}
	for i := range s.Codes {
		if err := p.upload(ctx, &s.Codes[i]); err != nil {
			return err
		}
	}
	for i := range s.Coupons {
		if err := p.issue(ctx, &s.Coupons[i]); err != nil {
			return err
		}
	}
	return nil
}

// The calls that prepare a stage.
const (
	pathStocks = "/v3/marketing/busifavor/stocks"
	pathSend   = "/v3/marketing/busifavor/coupons/send"
)

// stock creates a stock: what the file says over a plain one of the merchant.
func (p *player) stock(ctx context.Context, s pair) error {
	said, err := p.resolve(s.value)
	if err != nil {
		return err
	}
	changes, is := said.(map[string]any)
	if !is {
		return p.wrong(s.value, "批次应为映射", "a stock is a mapping")
	}
	now, err := p.now()
	if err != nil {
		return p.refused(text{s.value}, err)
	}
	plain := map[string]any{
		"stock_name": s.name, "belong_merchant": p.known["mchid"], "goods_name": "全场商品", "stock_type": "NORMAL",
		"coupon_use_rule": map[string]any{
			"coupon_available_time": map[string]any{
				"available_begin_time": schema.TimeOf(now).String(), "available_end_time": schema.TimeOf(now.AddDate(0, 1, 0)).String(),
			},
			"use_method": "OFF_LINE",
		},
		"stock_send_rule":  map[string]any{"max_coupons": 1000, "max_coupons_per_user": 10},
		"out_request_no":   p.fresh(),
		"coupon_code_mode": "WECHATPAY_MODE",
	}
	merge(plain, changes)
	if rule, is := plain["coupon_use_rule"].(map[string]any); is && plain["stock_type"] == "NORMAL" && rule["fixed_normal_coupon"] == nil {
		rule["fixed_normal_coupon"] = map[string]any{"discount_amount": 500, "transaction_minimum": 1000}
	}
	body, err := json.Marshal(plain)
	if err != nil {
		return fmt.Errorf("encode stock: %w", err)
	}
	c := &call{method: "POST", path: text{s.value}, save: []pair{{name: s.name, value: &yaml.Node{Value: "stock_id"}}}}
	return p.make(ctx, c, pathStocks, body, "stock "+s.name)
}

// merge lays changes over a value.
func merge(into, changes map[string]any) {
	for name, change := range changes {
		inner, isMap := into[name].(map[string]any)
		if over, both := change.(map[string]any); both && isMap {
			merge(inner, over)
			continue
		}
		into[name] = change
	}
}

// make makes a call that prepares the stage.
func (p *player) make(ctx context.Context, c *call, path string, body []byte, name string) error {
	status, answer, err := p.send(ctx, c, path, body)
	if err != nil {
		return p.wrong(c.path.node, "请求失败："+err.Error(), "the call failed: "+err.Error())
	}
	result, err := p.check(c, status, answer)
	if err == nil {
		p.tell(name, result)
	}
	return err
}

// upload uploads codes to a stock, 200 a call.
func (p *player) upload(ctx context.Context, c *codes) error {
	stock, err := p.text(c.stock)
	if err != nil {
		return err
	}
	resolved, err := p.resolve(c.list)
	if err != nil {
		return err
	}
	list, is := resolved.([]any)
	if !is {
		return p.wrong(c.list, "codes应为列表", "codes is a list")
	}
	const most = 200
	for len(list) > 0 {
		n := min(len(list), most)
		body, err := json.Marshal(map[string]any{"coupon_code_list": list[:n], "upload_request_no": p.fresh()})
		if err != nil {
			return fmt.Errorf("encode codes: %w", err)
		}
		if err := p.make(ctx, &call{method: "POST", path: c.stock}, pathStocks+"/"+stock+"/couponcodes", body, fmt.Sprintf("%d codes", n)); err != nil {
			return err
		}
		list = list[n:]
	}
	return nil
}

// issue issues one coupon; its name stands for its code.
func (p *player) issue(ctx context.Context, c *coupons) error {
	stock, err := p.text(c.stock)
	if err != nil {
		return err
	}
	openid, err := p.text(c.openid)
	if err != nil {
		return err
	}
	if openid == "" {
		openid = fmt.Sprint(p.known["openid"])
	}
	body, err := json.Marshal(map[string]any{"stock_id": stock, "openid": openid, "appid": p.known["appid"], "out_request_no": p.fresh()})
	if err != nil {
		return fmt.Errorf("encode claim: %w", err)
	}
	one := &call{method: "POST", path: c.stock}
	name, err := p.text(c.name)
	if err != nil {
		return err
	}
	if name != "" {
		one.save = []pair{{name: name, value: &yaml.Node{Value: "send_coupon_result.coupon_code"}}}
	}
	return p.make(ctx, one, pathSend, body, strings.TrimSpace("coupon "+name))
}

// clock moves business time.
func (p *player) clock(ctx context.Context, s *step) error {
	var freeze, set, advance, stock, coupon, mchid text
	var action string
	does := func(name string, into *text) func(*yaml.Node) error {
		return func(n *yaml.Node) error { action = name; return p.parser.scalar(into)(n) }
	}
	var none text
	if err := p.fields(s.clock, map[string]func(*yaml.Node) error{
		"freeze": does("FREEZE", &freeze), "set": does("SET", &set), "advance": does("ADVANCE", &advance),
		"run": does("RUN", &none), "resume": does("RESUME", &none),
		"stock": p.parser.scalar(&stock), "coupon": p.parser.scalar(&coupon), "mchid": p.parser.scalar(&mchid),
	}); err != nil {
		return err
	}
	req := &manage.SetClockRequest{Action: action}
	for from, into := range map[*text]*string{&stock: &req.StockID, &coupon: &req.CouponCode, &mchid: &req.MchID} {
		var err error
		if *into, err = p.text(*from); err != nil {
			return err
		}
	}
	if err := p.when(req, freeze, set, advance); err != nil {
		return err
	}
	got, err := p.Manage.SetClock(ctx, req)
	if err != nil {
		return p.refused(text{s.clock}, err)
	}
	name := s.name
	if name == "" {
		name = "clock " + strings.ToLower(action)
	}
	p.tell(name, got.BusinessTime.String())
	return nil
}

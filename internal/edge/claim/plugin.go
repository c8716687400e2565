package claim

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/favord/favord/apiv2"
	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/base/telemetry"
	"github.com/favord/favord/internal/busifavor/issue"
	"github.com/favord/favord/internal/edge/serve"
	"github.com/favord/favord/internal/platform/keyring"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/wire/busifavor"
	"github.com/favord/favord/wire/schema"
)

// maxBody is the largest body of the plug-in in bytes.
const maxBody = 64 << 10

// errUserMissing refuses a call that names no user.
var errUserMissing = fault.New(fault.UserUnknown, "登录态获取失效：缺少appid或openid", "The user cannot be identified: appid or openid is missing.")

// plugin claims up to ten coupons as the plug-in of mini programs does (busifavor 10.3).
// The status is 200 whatever happens: what it answers is the detail of an event, not of a
// call.
func (s *Server) plugin(ctx context.Context, r *http.Request) reply {
	language := languageOf(r.Header)
	req, err := s.readPlugin(ctx, r)
	if err != nil {
		return s.pluginProblem(r, err)
	}
	result := busifavor.PluginResult{ErrCode: busifavor.PluginOK, Msg: "OK"}
	limited := s.countSender(merchant.ID(req.SendCouponMerchant))
	var failures []error
	for i := range req.SendCouponParams {
		item, err := s.pluginItem(ctx, req, &req.SendCouponParams[i], limited, language)
		result.SendCouponResult = append(result.SendCouponResult, item)
		failures = append(failures, err)
	}
	for _, err := range failures {
		if err != nil && result.ErrCode == busifavor.PluginOK {
			code, text := pluginError(err)
			result.ErrCode, result.Msg = code, language.Of(text)
		}
	}
	return s.pluginReply(result, errors.Join(failures...))
}

// pluginProblem answers a call of which no item was looked at.
func (s *Server) pluginProblem(r *http.Request, err error) reply {
	code, text := pluginError(err)
	return s.pluginReply(busifavor.PluginResult{
		ErrCode: code, Msg: languageOf(r.Header).Of(text), SendCouponResult: []busifavor.PluginItemResult{},
	}, err)
}

func (s *Server) pluginReply(result busifavor.PluginResult, err error) reply {
	body, errEncode := apiv3.EncodeJSON(result)
	if errEncode != nil {
		return reply{status: http.StatusInternalServerError, err: errEncode, reason: "encode"}
	}
	a := reply{status: http.StatusOK, contentType: "application/json; charset=utf-8", body: body, err: err}
	if err != nil {
		a.reason = fault.Of(err).Text.EN
		if result.ErrCode == busifavor.PluginSystemError {
			s.Log.Error("plug-in", telemetry.Cause(err))
		}
	}
	return a
}

// readPlugin reads a call and checks its sign.
func (s *Server) readPlugin(ctx context.Context, r *http.Request) (*busifavor.PluginRequest, error) {
	if serve.IsEncoded(r.Header) {
		return nil, fault.New(fault.Invalid, "请求包体不能压缩", "The body must not be compressed.")
	}
	body, err := io.ReadAll(r.Body) // it is in memory
	if err != nil {
		return nil, errors.Join(errBody, err)
	}
	decoded, v := serve.DecodeBody(body)
	if v != nil {
		return nil, v
	}
	req, err := serve.BindInput[busifavor.PluginRequest](s.calls, schema.Input{Body: decoded})
	if err != nil {
		return nil, err
	}
	signed := apiv2.Plugin{SendCouponMerchant: req.SendCouponMerchant, Sign: req.Sign}
	for _, item := range req.SendCouponParams {
		if _, ok := schema.ParseTime(item.CustomizeSendTime); item.CustomizeSendTime != "" && !ok {
			return nil, fault.New(fault.Invalid, "customize_send_time须为RFC 3339时间", "customize_send_time must be an RFC 3339 time.")
		}
		signed.Items = append(signed.Items, apiv2.PluginItem(item))
	}
	if err := s.verify(ctx, req.SendCouponMerchant, func(k *keyring.Keys) bool { return k.VerifyPlugin(signed) }); err != nil {
		return nil, err
	}
	if req.AppID == "" || req.OpenID == "" {
		return nil, errUserMissing
	}
	return req, nil
}

// pluginItem claims one coupon. Its error is one that concerns the whole call: the user, or
// a failure of the system, after which a repeat with the same numbers is safe.
func (s *Server) pluginItem(ctx context.Context, req *busifavor.PluginRequest, item *busifavor.PluginItem, limited error, l language) (busifavor.PluginItemResult, error) {
	result := busifavor.PluginItemResult{OutRequestNo: item.OutRequestNo, StockID: item.StockID}
	if limited != nil {
		result.Code, result.Message = itemCode(limited, l)
		return result, nil
	}
	var sendTime time.Time
	if at, given := schema.ParseTime(item.CustomizeSendTime); given {
		sendTime = at.Time
	}
	got, err := s.give(ctx, &ask{creator: merchant.ID(item.CreateCouponMerchant), ClaimCommand: issue.ClaimCommand{
		Channel: coupon.ChannelMiniApp, Sender: merchant.ID(req.SendCouponMerchant),
		AppID: merchant.AppID(req.AppID), OpenID: user.OpenID(req.OpenID),
		StockID: coupon.StockID(item.StockID), RequestNo: item.OutRequestNo, Code: coupon.Code(item.CouponCode), SendTime: sendTime,
	}})
	switch {
	case err != nil:
		result.Code, result.Message = itemCode(err, l)
	case got.repeated:
		result.Code, result.CouponCode = busifavor.ItemDupRequest, got.code
	default:
		result.Code, result.CouponCode = busifavor.ItemSuccess, got.code
	}
	if err == nil {
		result.Message = l.Of(itemText(result.Code))
	}
	if kind := fault.KindOf(err); err != nil && (kind == fault.UserUnknown || kind == fault.Internal || kind == fault.Unclear) {
		return result, err
	}
	return result, nil
}

// itemText is what people read about a code that no refusal stands behind (10.1).
func itemText(code string) fault.Text {
	switch code {
	case busifavor.ItemDupRequest:
		return fault.Text{ZH: "已通过该发券凭证给用户发券", EN: "The user already received this coupon with this out_request_no."}
	case busifavor.ItemUserLimit:
		return fault.Text{ZH: "用户已超限领额度", EN: "The user has reached this month's limit for the merchant's vouchers."}
	case busifavor.ItemFrequencyLimit:
		return fault.Text{ZH: "超过频率限制", EN: "Too many requests. Slow down and try again."}
	}
	return fault.Text{ZH: "领取成功", EN: "The coupon was issued."}
}

// itemCode is the result code of one coupon that was not issued (10.1).
func itemCode(err error, l language) (code, message string) {
	refusal := coupon.RefusalOf(err)
	switch {
	case refusal != coupon.Admitted: // the words of a refusal are those codes
		return string(refusal), l.Of(refusal.Fault().Text)
	case errors.Is(err, voucher.ErrMonth):
		return busifavor.ItemUserLimit, l.Of(itemText(busifavor.ItemUserLimit))
	case isTooFast(err):
		return busifavor.ItemFrequencyLimit, l.Of(itemText(busifavor.ItemFrequencyLimit))
	}
	return busifavor.ItemFailed, l.Of(fault.Of(err).Text)
}

// isTooFast reports whether a request was refused because there were too many.
func isTooFast(err error) bool {
	kind := fault.KindOf(err)
	return kind == fault.TooFast || kind != fault.Unclear && errors.Is(err, context.DeadlineExceeded)
}

// pluginError is the overall result of a call.
func pluginError(err error) (code string, text fault.Text) {
	if v, is := errors.AsType[*schema.Violation](err); is {
		return busifavor.PluginParamError, fault.Text{ZH: v.ZH, EN: v.EN}
	}
	f := fault.Of(err)
	switch {
	case errors.Is(err, errSign):
		return busifavor.PluginSignError, f.Text
	case errors.Is(err, errUserMissing):
		return busifavor.PluginUserGetFailed, f.Text
	case f.Kind == fault.UserUnknown:
		return busifavor.PluginUserNotExists, fault.Text{ZH: "登录态获取失效", EN: "The user does not exist."}
	case f.Kind == fault.Internal, f.Kind == fault.Unclear, isTooFast(err):
		return busifavor.PluginSystemError, f.Text
	}
	return busifavor.PluginParamError, f.Text
}

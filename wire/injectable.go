package wire

import (
	"fmt"
	"net/http"
	"slices"
)

// Injectable returns the failure that stands for an error which is to be answered on purpose,
// and whether there is one: those of the operation come first, then what the product's pages
// print under every operation. A status of 0 is that of the code where it has one, an empty
// message the first that fits.
func (op *Operation) Injectable(status int, code, message string) (Failure, bool) {
	for _, group := range [][]Failure{slices.Concat(op.Failures, Common(op.Product)), pool(op.Product)} {
		for _, f := range group {
			if (status == 0 || f.Status == status) && f.Code == code && (message == "" || f.Message == "" || f.Message == message) {
				if f.Message == "" {
					f.Message = message
				}
				if f.Message == "" {
					f.Message = f.usualMessage(op.Product)
				}
				return f, true
			}
		}
	}
	return Failure{}, false
}

// Injectables lists the errors that may be answered on purpose, as "status code", each once.
func (op *Operation) Injectables() []string {
	var list []string
	for _, f := range slices.Concat(op.Failures, Common(op.Product), pool(op.Product)) {
		if text := fmt.Sprintf("%d %s", f.Status, f.Code); !slices.Contains(list, text) {
			list = append(list, text)
		}
	}
	return list
}

// usualMessage is the Chinese text of a failure whose own differs from case to case.
func (f Failure) usualMessage(p Product) string {
	for _, other := range pool(p) {
		if other.Status == f.Status && other.Code == f.Code {
			return other.Message
		}
	}
	for _, other := range publicPool() {
		if other.Status == f.Status && other.Code == f.Code {
			return other.Message
		}
	}
	return "请求失败，请稍后重试"
}

// publicPool has the rows that every page prints (protocol 7.2).
func publicPool() []Failure {
	return []Failure{
		{http.StatusBadRequest, "PARAM_ERROR", "参数错误", "A parameter is wrong."},
		{http.StatusBadRequest, "INVALID_REQUEST", "HTTP 请求不符合微信支付 APIv3 接口规则", "The request breaks the rules of APIv3."},
		{http.StatusUnauthorized, "SIGN_ERROR", "验证不通过", "The signature does not verify."},
		{http.StatusInternalServerError, "SYSTEM_ERROR", "系统异常，请稍后重试", "The server failed. Repeat with the same parameters."},
		{http.StatusBadGateway, "SERVICE_UNAVAILABLE", "服务不可用，请稍后重试", "The service was taken down. Try again later."},
		{http.StatusServiceUnavailable, "SERVICE_UNAVAILABLE", "服务不可用，请稍后重试", "The service is overloaded. Try again later."},
	}
}

// pool has the rows that the pages of a product print under each of its operations, whether it
// answers so or not (busifavor 8.1, favor 3.1).
func pool(p Product) []Failure {
	switch {
	case p == BusiFavor:
		return slices.Concat([]Failure{
			{http.StatusBadRequest, "APPID_MCHID_NOT_MATCH", "AppID与请求方商户无关联关系", "The appid is not bound to the merchant."},
			{http.StatusBadRequest, "INVALID_REQUEST", "发券模式不合法", "The stock does not issue codes in this way."},
			{http.StatusBadRequest, "INVALID_REQUEST", "上传的自定义code已达上限", "No more codes can be uploaded to the stock."},
			{http.StatusBadRequest, "MCH_NOT_EXISTS", "商户号不存在", "The merchant does not exist."},
			{http.StatusBadRequest, "RESOURCE_ALREADY_EXISTS", "批次已存在", "The out_request_no was used before."},
			{http.StatusBadRequest, "RESOURCE_ALREADY_EXISTS", "券已被其他订单核销", "Another order used the coupon."},
			{http.StatusBadRequest, "SYSTEM_ERROR", "系统错误", "The server failed. Repeat with the same parameters."},
			{http.StatusForbidden, "NO_AUTH", "无权限", "The merchant lacks the right."},
			{http.StatusForbidden, "RULE_LIMIT", "券不在有效期内", "The coupon cannot be used at this time."},
			{http.StatusNotFound, "RESOURCE_NOT_EXISTS", "查询的资源不存在", "What was asked for does not exist."},
			{http.StatusNotFound, "USER_NOT_EXISTS", "OpenID不正确", "The openid is wrong."},
			{http.StatusTooManyRequests, "FREQUENCY_LIMITED", "频率限制", "Too many calls."},
		}, publicPool(), []Failure{
			{http.StatusInternalServerError, "SYSTEM_ERROR", "系统失败", "Usually a timeout. Repeat."},
		})
	case p.ofVouchers():
		return slices.Concat(voucherPool(), publicPool())
	}
	return publicPool()
}

func voucherPool() []Failure {
	return []Failure{
		{http.StatusBadRequest, "PARAM_ERROR", "回调url不能为空", "notify_url is missing."},
		{http.StatusBadRequest, "PARAM_ERROR", "回调商户不能为空", "mchid is missing."},
		{http.StatusBadRequest, "PARAM_ERROR", "券id必填", "coupon_id is missing."},
		{http.StatusBadRequest, "PARAM_ERROR", "appid必填", "appid is missing."},
		{http.StatusBadRequest, "PARAM_ERROR", "openid必填", "openid is missing."},
		{http.StatusBadRequest, "PARAM_ERROR", "页大小超过阈值", "limit is too large."},
		{http.StatusBadRequest, "PARAM_ERROR", "输入时间格式错误", "A time is not RFC 3339."},
		{http.StatusBadRequest, "PARAM_ERROR", "批次号必填", "stock_id is missing."},
		{http.StatusBadRequest, "PARAM_ERROR", "商户号必填", "stock_creator_mchid is missing."},
		{http.StatusBadRequest, "PARAM_ERROR", "非法的批次状态", "There is no such status."},
		{http.StatusBadRequest, "MCH_NOT_EXISTS", "商户号不合法", "The merchant does not exist, or did not create the stock."},
		{http.StatusBadRequest, "INVALID_REQUEST", "openid与appID不匹配", "The openid does not belong to the appid."},
		{http.StatusBadRequest, "INVALID_REQUEST", "活动已结束或未激活", "The stock does not run."},
		{http.StatusBadRequest, "INVALID_REQUEST", "非法的商户号", "The merchant may not touch the stock."},
		{http.StatusBadRequest, "APPID_MCHID_NOT_MATCH", "商户号与appid不匹配", "The appid is not bound to the merchant."},
		{http.StatusForbidden, "USER_ACCOUNT_ABNORMAL", "用户非法", "The user is kept out."},
		{http.StatusForbidden, "NOT_ENOUGH", "批次预算不足", "The budget is used up."},
		{http.StatusForbidden, "REQUEST_BLOCKED", "调用商户无权限", "The merchant lacks the right."},
		{http.StatusForbidden, "REQUEST_BLOCKED", "商户无权发券", "The merchant may not send vouchers of the stock."},
		{http.StatusForbidden, "REQUEST_BLOCKED", "批次不支持跨商户发券", "Only the creator may send vouchers of the stock."},
		{http.StatusForbidden, "REQUEST_BLOCKED", "用户被限领拦截", "A rule keeps the user from receiving vouchers."},
		{http.StatusNotFound, "RESOURCE_NOT_EXISTS", "批次不存在", "The stock does not exist."},
		{http.StatusTooManyRequests, "FREQUENCY_LIMIT_EXCEED", "接口限频", "Too many calls."},
	}
}

package catalogue

import "github.com/favord/favord/wire"

// Number is an internal error number of the platform. Answers carry it at the end of their
// Request-ID, and users see it on the claim page (protocol 7.5, favor 3.3, busifavor 10.4).
type Number struct {
	Number int
	// Reason says what it means, Fix what to do.
	Reason, Fix wire.Text
	// Code is the code that goes with it; "" for a number of the page.
	Code string
}

// Numbers lists the numbers that are documented or were seen.
func Numbers() []Number { return append(numbersForUsers(), numbersForPrograms()...) }

func text(zh, en string) wire.Text { return wire.Text{ZH: zh, EN: en} }

// numbersForUsers are those that users are shown.
func numbersForUsers() []Number {
	return []Number{
		{Number: 268435461, Code: "PARAM_ERROR", Reason: text("参数不合法；在领券页上：缺少片段、参数名写错或含有非法字符", "A parameter is illegal; on the claim page: the fragment is missing, a name is wrong or has forbidden characters."), Fix: text(
			"链接末尾应为未编码的 #wechat_pay&wechat_redirect；参数名是 open_id，不是 openid；out_request_no 只含字母和数字。可执行 favord explain '链接'",
			"End the link with #wechat_pay&wechat_redirect, unencoded; write open_id, not openid; out_request_no has letters and digits only. Try favord explain 'LINK'.")},
		{Number: 272758293, Reason: text("领券链接或插件参数的 sign 错误（用MD5也会如此）", "The sign of a claim link or of the plug-in is wrong, be it only for MD5."), Fix: text(
			"用发券商户的APIv2密钥计算HMAC-SHA256，结果为大写十六进制。可执行 favord explain '链接'，它指出错在哪里",
			"Take HMAC-SHA256 under the APIv2 key of the sending merchant, in upper-case hex. favord explain 'LINK' names the mistake.")},
		{Number: 272756757, Reason: text("openid所属的appid未与发券商户或批次归属商户绑定", "The appid of the openid is bound neither to the sending merchant nor to the one that the stock belongs to."), Fix: text("在商户平台绑定appid，或换用已绑定appid下的openid", "Bind the appid on the merchant platform, or take the openid of a bound one.")},
		{Number: 268697610, Reason: text("风险控制：该用户不能领取", "Risk control: this user may not claim."), Fix: text("换用正常使用的微信账号；商户无法解除", "Use a WeChat account in normal use; merchants cannot lift it.")},
		{Number: 270079533, Code: "REQUEST_BLOCKED", Reason: text("活动未开始或已结束", "The offer has not begun or has ended."), Fix: text("核对批次状态与起止时间：开始时间须晚于当前时间，批次须已激活", "Look at the stock's state and times: it must begin in the future when it is made, and be activated.")},
	}
}

// numbersForPrograms stand in Request-IDs; their advice is that of their code.
func numbersForPrograms() []Number {
	var list []Number
	for _, one := range []struct {
		number       int
		code, zh, en string
	}{
		{268435462, "PARAM_ERROR", "参数过长", "A parameter is too long."},
		{268435463, "PARAM_ERROR", "参数过短", "A parameter is too short."},
		{268435464, "PARAM_ERROR", "参数超出范围", "A parameter is out of range."},
		{268443699, "SIGN_ERROR", "签名错误", "The signature is wrong."},
		{268445527, "APPID_MCHID_NOT_MATCH", "appid与商户号不匹配", "The appid is not bound to the mchid."},
		{268461336, "FREQUENCY_LIMIT_EXCEED", "超过频率限制", "Too many calls."},
		{268498688, "RESOURCE_ALREADY_EXISTS", "请求重入时参数与首次请求不一致", "The request number was used before with other content."},
		{268573590, "PARAM_ERROR", "请求日期超限", "The day's bill is not there yet, or not any more."},
		{268578704, "PARAM_ERROR", "appid不合法", "The appid is illegal."},
		{268578776, "INVALID_REQUEST", "用户的券已过期或不在有效期内", "The user's coupon has expired or is not valid yet."},
		{268578851, "RESOURCE_NOT_EXISTS", "用户没有这张券", "The user has no such coupon."},
		{268586001, "RESOURCE_NOT_EXISTS", "当天没有核销记录", "Nothing was consumed on that day."},
		{268586003, "RESOURCE_NOT_EXISTS", "当天没有退款记录", "Nothing was refunded on that day."},
		{269546505, "SIGN_ERROR", "商户证书已过期", "The merchant certificate has expired."},
		{269546507, "SIGN_ERROR", "商户证书序列号有误", "The serial of the merchant certificate is wrong."},
		{269546525, "SIGN_ERROR", "错误的签名，导致验签失败", "The signature does not verify."},
		{269546538, "SIGN_ERROR", "商户号不存在", "The mchid does not exist."},
		{269546542, "PARAM_ERROR", "平台私钥解密失败", "An encrypted field cannot be opened with the platform's key."},
		{270079488, "RESOURCE_NOT_EXISTS", "查询批次为空", "There is no such stock."},
		{270079489, "MCH_NOT_EXISTS", "商户号查询失败", "The mchid was not found."},
		{270079498, "INVALID_REQUEST", "openid错误", "The openid is wrong."},
		{270079501, "INVALID_REQUEST", "openid与appid不匹配", "The openid does not belong to the appid."},
		{270079507, "APPID_MCHID_NOT_MATCH", "商户号与appid关系校验失败", "The appid is not bound to the mchid."},
		{270079508, "REQUEST_BLOCKED", "批次不支持跨商户", "Other merchants may not give out the stock."},
		{270079509, "REQUEST_BLOCKED", "调用方不在可发券商户列表", "The caller may not give out the stock."},
		{270079532, "REQUEST_BLOCKED", "用户被限制领取代金券", "The user is barred from getting vouchers."},
		{270079534, "NOT_ENOUGH", "批次预算不足", "The budget of the stock is used up."},
		{270079577, "PARAM_ERROR", "批次信息获取失败，请确认参数是否有误", "The stock cannot be read; check the parameters."},
		{270924289, "FREQUENCY_LIMITED", "超过频率限制", "Too many calls."},
		{270924346, "SIGN_ERROR", "Http头Authorization格式错误", "The header Authorization is malformed."},
		{270924358, "PARAM_ERROR", "参数中含有非法的额外参数", "There are parameters that the operation does not have."},
		{272756740, "RULE_LIMIT", "已达领取上限", "A limit of claiming is reached."},
		{272756745, "INVALID_REQUEST", "券已被其他订单核销", "The coupon was redeemed under another request number."},
		{272888874, "SYSTEM_ERROR", "系统内部错误", "An error inside the platform."},
	} {
		list = append(list, Number{Number: one.number, Code: one.code, Reason: text(one.zh, one.en), Fix: advice()[one.code].fix})
	}
	return list
}

package catalogue

import (
	"maps"

	"github.com/favord/favord/wire"
)

// counsel is what a code means and what to do about it.
type counsel struct{ reason, fix wire.Text }

func say(reasonZH, reasonEN, fixZH, fixEN string) counsel {
	return counsel{reason: wire.Text{ZH: reasonZH, EN: reasonEN}, fix: wire.Text{ZH: fixZH, EN: fixEN}}
}

// advice has an entry for every code of the tables.
func advice() map[string]counsel {
	all := protocolAdvice()
	maps.Copy(all, ruleAdvice())
	return all
}

// protocolAdvice is about codes that any call may get.
func protocolAdvice() map[string]counsel {
	return map[string]counsel{
		"PARAM_ERROR": say(
			"请求中有字段缺失、格式不对或超出范围。", "A field is missing, malformed or out of range.",
			"detail.field 指出了字段；修改后用新的请求单号重发。", "detail.field names it; correct it and send again."),
		"INVALID_REQUEST": say(
			"请求本身合法，但与规则或当前状态冲突。", "The request is well-formed, but a rule or the present state forbids it.",
			"按 message 判断是哪条规则；不要原样重试。", "The message says which rule; repeating it unchanged will not help."),
		"SIGN_ERROR": say(
			"服务器无法验证请求的签名。", "The signature of the request does not verify.",
			"在沙箱中执行 favord explain last，它会指出第一个不同的字节；核对密钥、证书序列号、URL 与请求体是否与签名时一字不差。",
			"In a sandbox run `favord explain last`: it names the first byte that differs. Check key, serial, and that URL and body are sent exactly as signed."),
		"SYSTEM_ERROR": say(
			"服务器失败，结果可能已生效也可能没有。", "The server failed; the call may or may not have been carried out.",
			"用完全相同的参数（包括请求单号）重试。", "Repeat with exactly the same parameters, the request number included."),
		"APPID_MCHID_NOT_MATCH": say(
			"appid 与商户号没有绑定关系。", "The appid is not bound to the merchant.",
			"绑定后再调用：favord merchants appid …，或使用已绑定的 appid。", "Bind it (favord merchants appid …), or use one that is."),
		"MCH_NOT_EXISTS": say(
			"商户号不存在，或与请求不符；部分列表接口翻页越界时也返回它。", "The merchant does not exist or does not fit; some lists answer so past their last page.",
			"核对商户号；翻页时以 total_count 判断末页。", "Check the mchid; in lists stop at total_count."),
		"FREQUENCY_LIMITED": say(
			"调用过于频繁，请求未被执行。", "Too many calls; this one was not carried out.",
			"降低频率，随机退避后重试（见 Retry-After）。", "Slow down and repeat after a random pause (see Retry-After)."),
		"FREQUENCY_LIMIT_EXCEED": say(
			"调用过于频繁，请求未被执行。", "Too many calls; this one was not carried out.",
			"降低频率，随机退避后重试（见 Retry-After）。", "Slow down and repeat after a random pause (see Retry-After)."),
	}
}

// ruleAdvice is about codes by which rules refuse.
func ruleAdvice() map[string]counsel {
	return map[string]counsel{
		"RESOURCE_ALREADY_EXISTS": say(
			"单号或券code已被使用，且内容不同。", "The number or code was used before, with other content.",
			"若是重试，请原样重发首次的参数；若是新请求，换一个单号。", "To repeat, send the first parameters unchanged; for something new take a new number."),
		"NO_AUTH": say(
			"调用方无权操作该资源。", "The caller may not do this.",
			"确认调用方是批次的创建方或有授权的一方，且已开通所需权限。", "Call as the creator or an authorised party, with the permission granted."),
		"RULE_LIMIT": say(
			"券或批次的规则不允许：预算、限领、有效期、状态。", "A rule of the coupon or stock holds it back: budget, limits, validity, state.",
			"按 message 判断；向用户说明原因，不要重试。", "The message says which; tell the user, do not repeat."),
		"RESOURCE_NOT_EXISTS": say(
			"资源不存在，或对调用方不可见。", "It does not exist, or not for this caller.",
			"核对批次号、券code、单号是否属于该商户。", "Check that the ids belong together and to this merchant."),
		"USER_NOT_EXISTS": say(
			"openid 不存在，或不属于该 appid。", "The openid does not exist, or not under this appid.",
			"使用该 appid 下取得的 openid。", "Use the openid that was obtained under this very appid."),
		"NOT_ENOUGH": say(
			"批次预算、张数或账户余额不足。", "The budget, the coupons or the balance are used up.",
			"增加预算或余额；对用户说明已领完。", "Add budget or balance; tell the user that none is left."),
		"REQUEST_BLOCKED": say(
			"请求被规则拦截：无权限、活动未开始或已结束、限领。", "A rule blocks the request: permission, time of the activity, limits.",
			"按 message 判断原因。", "The message says which rule."),
		"USER_ACCOUNT_ABNORMAL": say(
			"用户被判定为异常，且批次开启了防刷。", "The user is suspicious, and the stock refuses such users.",
			"不要重试；沙箱中用 favord users 查看该用户的标记。", "Do not repeat; in a sandbox see the user's mark with `favord users`."),
		"STATEMENT_CREATING": say(
			"账单正在生成。", "The statement is being made.",
			"稍后重试。", "Repeat later."),
		"INVALID_TOKEN": say(
			"下载令牌有误、过期或不属于该商户。", "The download token is wrong, has expired or is another merchant's.",
			"重新申请账单，并在30秒内下载。", "Ask for the bill again and download within 30 seconds."),
	}
}

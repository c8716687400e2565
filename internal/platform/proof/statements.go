package proof

import "maps"

// Group is what invariants are about.
type Group string

// The groups.
const (
	GroupCoupons   Group = "COUPONS"
	GroupCodes     Group = "CODES"
	GroupVouchers  Group = "VOUCHERS"
	GroupPayments  Group = "PAYMENTS"
	GroupMoney     Group = "MONEY"
	GroupFigures   Group = "FIGURES"
	GroupCallbacks Group = "CALLBACKS"
	GroupPeople    Group = "PEOPLE"
	GroupMarketing Group = "MARKETING"
	GroupAudit     Group = "AUDIT"
)

// Statement is an invariant in words.
type Statement struct {
	Group Group
	ZH    string
}

// Statements says what every engine proves, by the English name.
func Statements() map[string]Statement {
	said := map[string]Statement{}
	for group, pairs := range groups() {
		for _, pair := range pairs {
			said[pair[0]] = Statement{Group: group, ZH: pair[1]}
		}
	}
	return said
}

// groups has the invariants in English and in Chinese.
func groups() map[Group][][2]string {
	all := ofCoupons()
	maps.Copy(all, ofVouchers())
	maps.Copy(all, ofAllElse())
	return all
}

// ofCoupons are about merchant coupons and their codes.
func ofCoupons() map[Group][][2]string {
	return map[Group][][2]string{
		GroupCoupons: {
			{"every stock counts the coupons that it issued", "批次的发放计数与实际发放一致"},
			{"no stock issued more than its maximum", "批次发放未超过上限"},
			{"the days of a stock add up to what it issued", "批次各日发放之和等于总发放数"},
			{"no account received more than the stock allows", "账号领取未超过批次限制"},
			{"no request number of an account got two coupons of a stock", "同一账号的发券单号在一个批次中未重复得券"},
			{"no two coupons of a stock have one code", "批次内没有两张券使用同一code"},
			{"every coupon lies where its stock, account and number say", "券的存放位置与其批次、账号、单号一致"},
			{"every coupon is in one batch, which says what was issued", "每张券恰属一个发放批，且与该批的记录一致"},
			{"every coupon counts the numbers that changed it, each once", "券的变更单号计数一致，且不重复"},
			{"every coupon is in a legal state", "券的状态合法"},
			{"every returned coupon has its request number", "每张已退回的券都有退券单号"},
			{"every deactivated coupon has its request number", "每张已失效的券都有失效单号"},
		},
		GroupCodes: {
			{"every stock counts its uploaded and its free codes", "批次的预存code与可用code计数一致"},
			{"every free code was uploaded", "每个可用code都来自上传"},
			{"every coupon with an uploaded code has it from the pool", "使用预存code的券，其code取自code池"},
			{"every block of uploaded codes tells the free ones from the others", "预存code的分块正确区分可用与已发放"},
			{"every file of codes is whole, and counts what waits and what it brought", "导入中的code文件内容完整，待导入与已导入的code数均相符"},
		},
	}
}

// ofVouchers are about cash vouchers and payments.
func ofVouchers() map[Group][][2]string {
	return map[Group][][2]string{
		GroupVouchers: {
			{"every stock of vouchers counts the vouchers that were sent", "代金券批次的发放计数与实际发放一致"},
			{"no stock of vouchers sent more than its maximum and its budget", "代金券批次发放未超过数量上限与预算"},
			{"the days of a stock of vouchers add up to what it sent, none above its budget", "代金券批次各日发放之和等于总发放数，且未超过当日预算"},
			{"the holders of a stock of vouchers received what it sent, none too many", "代金券批次各用户领取之和等于总发放数，且未超过限制"},
			{"no month of a user holds more than the merchant's vouchers are worth", "用户当月领取金额与所领代金券一致"},
			{"every voucher is in a legal state, of a stock that was started", "代金券状态合法，且其批次已激活"},
			{"every voucher has its request number, every request its voucher", "代金券与发券单号一一对应"},
		},
		GroupPayments: {
			{"every used voucher has the line of the payment that used it", "每张已使用的代金券都有对应的支付明细"},
			{"every payment's lines add up to its discount, its refunds to no more", "支付明细之和等于优惠金额，退款不超过支付"},
			{"every locked budget holds what its vouchers did not use", "锁定的预算等于代金券尚未使用的金额"},
		},
	}
}

// ofAllElse are about what both products share.
func ofAllElse() map[Group][][2]string {
	return map[Group][][2]string{
		GroupMoney: {
			{"every account holds what was posted to it", "账户余额等于其流水之和"},
			{"the postings of every transfer add up to nothing", "每笔转账的借贷相抵"},
			{"no account of a merchant is below zero", "商户账户余额不为负"},
			{"every subsidy was posted once, unless it failed", "每笔成功的补差恰记账一次"},
			{"every subsidy counts what was posted back, at most its amount", "补差的退回金额与记账一致，且不超过补差金额"},
			{"every coupon counts its subsidies", "券的补差计数一致"},
			{"every order counts its subsidies, at most what one may get", "订单的补差计数一致，且未超过上限"},
		},
		GroupFigures: {
			{"the hours of a stock add up to what it gave out and what became of it", "批次各小时的统计与其券一致"},
			{"the days on which a stock expires add up to what is usable", "批次各到期日的统计与可用的券一致"},
		},
		GroupCallbacks: {
			{"every event tells of a coupon or a use that is there", "每个事件所述的券或核销都存在"},
			{"every event is pending, delivered or dead", "每个事件都待投递、已送达或已放弃"},
			{"where a callback is on, every coupon and every use has its event", "开启通知期间，每张券、每次核销都有事件"},
			{"every attempt belongs to a delivery that began it", "每次投递尝试都属于一个投递"},
		},
		GroupPeople: {
			{"every account is one person, with one openid under each appid", "每个账号对应一个自然人，在每个appid下只有一个openid"},
		},
		GroupMarketing: {
			{"every partnership is in a legal state, of a stock of its owner", "合作关系状态合法，且批次属于授权方"},
			{"every image has its upload, every upload its image", "图片与上传记录一一对应"},
		},
		GroupAudit: {
			{"every sealed audit entry is as it was sealed, at its place", "审计记录的每一条都与封存时一致，且在原位"},
		},
	}
}

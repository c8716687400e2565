package manage

import "github.com/favord/favord/wire"

// SignedDuty returns the duty of whoever has an operation of the signed API made as a merchant;
// empty, which nobody has, for an operation that is not here.
func SignedDuty(id string) wire.Duty {
	switch id {
	case "security.echo", "certificates.list":
		return wire.DutyBasic
	case "busifavor.stocks.get", "favor.stocks.list", "favor.stocks.get", "favor.stocks.merchants", "favor.stocks.items", "partnerships.list":
		return wire.DutyLook
	case "busifavor.users.list", "busifavor.users.get", "favor.coupons.list", "favor.coupons.get":
		return wire.DutyHolders
	case "busifavor.stocks.create", "busifavor.stocks.modify", "busifavor.stocks.budget",
		"busifavor.codes.upload", "busifavor.codes.list", "busifavor.codes.get", "busifavor.codes.delete",
		"busifavor.coupons.send", "busifavor.cards.send",
		"favor.stocks.create", "favor.stocks.start", "favor.stocks.pause", "favor.stocks.restart", "favor.stocks.stop",
		"favor.stocks.modifygoods", "favor.coupons.send",
		"media.image.upload", "partnerships.build", "partnerships.terminate":
		return wire.DutyMarket
	case "busifavor.coupons.use", "busifavor.coupons.return", "busifavor.coupons.associate", "busifavor.coupons.disassociate":
		return wire.DutyRedeem
	case "busifavor.coupons.deactivate":
		return wire.DutyRetire
	case "busifavor.callbacks.set", "busifavor.callbacks.get", "favor.callbacks.set", "favor.callbacks.get":
		return wire.DutyDevelop
	case "busifavor.subsidy.list", "busifavor.subsidy.get", "busifavor.subsidy.return.get",
		"favor.flows.use", "favor.flows.refund", "favor.flows.usebyday", "favor.flows.refundbyday", "favor.flows.download",
		"rail.quotes.make", "rail.payments.get":
		return wire.DutyBooks
	case "busifavor.subsidy.pay", "busifavor.subsidy.return", "rail.payments.consume", "rail.payments.refund":
		return wire.DutyMoney
	}
	return ""
}

package explain

import (
	"strconv"
	"time"
)

// Where a user's card pack is, and a card of it.
const (
	pathPack     = "/wallet"
	pathPackCard = "/wallet/card"
)

// Names of the parameters of a link to a card pack.
const (
	namePackMerchant = "mchid"
	namePackAppID    = "appid"
	namePackOpenID   = "openid"
	namePackTime     = "timestamp"
)

// How old a link to a card pack may be, and how far its clock may be ahead.
const (
	packAge   = 10 * time.Minute
	packAhead = 5 * time.Minute
)

func isPack(path string) bool { return path == pathPack || path == pathPackCard }

// packNames are the parameters that are signed.
func packNames() []string {
	return []string{namePackAppID, namePackMerchant, namePackOpenID, namePackTime}
}

// isBare reports an address of a card pack that nobody signed, which a sandbox takes.
func (l *link) isBare() bool {
	return l.pack && l.sign == "" && l.value(namePackMerchant) == "" && l.value(namePackTime) == ""
}

func bare() clause {
	return clause{
		cause: LinkParameter, zh: "卡包地址没有签名，只有沙箱接受", en: "the address of the card pack is not signed, which only a sandbox takes",
		advice: advice{"生产环境中由商户签名（favord sign pack）", "in production the merchant signs it (favord sign pack)"},
	}
}

// age is about a link to a card pack whose sign is right, but whose time is over or has not come.
func (l *link) age() *clause {
	if !l.pack {
		return nil
	}
	text := l.value(namePackTime)
	seconds, err := strconv.ParseInt(text, 10, 64)
	if err != nil || strconv.FormatInt(seconds, 10) != text {
		return &clause{
			cause: LinkOld, zh: "timestamp " + cut(text) + " 不是Unix秒数", en: "the timestamp " + cut(text) + " is no number of Unix seconds",
			advice: advice{"应为秒，不带小数和多余的零", "write whole seconds, without leading zeros"},
		}
	}
	age := l.received.Sub(time.Unix(seconds, 0)).Truncate(time.Second)
	switch {
	case l.received.IsZero():
	case age > packAge:
		return &clause{
			cause: LinkOld, zh: "签名是对的，但链接是 " + age.String() + " 之前签的",
			en:     "the signature is right, but the link was signed " + age.String() + " ago",
			advice: advice{"卡包链接10分钟内有效，应在用户打开时签名", "such a link is good for ten minutes: sign it when the user opens it"},
		}
	case age < -packAhead:
		return &clause{
			cause: LinkOld, zh: "签名是对的，但 timestamp 比这里晚 " + (-age).String(),
			en:     "the signature is right, but the timestamp is " + (-age).String() + " ahead",
			advice: advice{"请校准签名机器的时钟；timestamp 的单位是秒", "set the clock of the machine that signs; the timestamp is in seconds"},
		}
	}
	return nil
}

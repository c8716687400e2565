package explain

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/favord/favord/apiv3"
)

// Causes that lie in the headers.
const (
	HeaderMissing        Cause = "HEADER_MISSING"
	AuthorizationMissing Cause = "AUTHORIZATION_MISSING"
	AuthorizationTwice   Cause = "AUTHORIZATION_TWICE"
	SchemeUnknown        Cause = "SCHEME_UNKNOWN"
	AuthorizationFormat  Cause = "AUTHORIZATION_FORMAT"
	TimestampUnit        Cause = "TIMESTAMP_UNIT"
	TimestampZone        Cause = "TIMESTAMP_ZONE"
	TimestampStale       Cause = "TIMESTAMP_STALE"
)

// checkHeaders looks at what a server wants before any authentication.
func checkHeaders(r *Request) *Finding {
	for _, name := range []string{"Accept", "User-Agent"} {
		if first(r.Header, name) == "" {
			return stop(clause{
				cause: HeaderMissing, zh: "缺少请求头 " + name, en: "the header " + name + " is missing",
				advice: advice{"每个请求都要带 Accept 和 User-Agent", "send Accept and User-Agent with every request"},
			})
		}
	}
	return nil
}

// adviceFormat is the grammar of the header (protocol 2.2).
func adviceFormat() advice {
	return advice{
		ZH: `格式应为：认证类型、一个空格、五个以英文逗号分隔的 key="value"`,
		EN: `it must read: scheme, one blank, five pairs key="value" separated by commas`,
	}
}

// readAuthorization parses the header, or says what is wrong with it.
func readAuthorization(r *Request) (apiv3.Authorization, *Finding) {
	list := values(r.Header, "Authorization")
	switch {
	case len(list) == 0 || strings.TrimSpace(list[0]) == "":
		return apiv3.Authorization{}, stop(clause{
			cause: AuthorizationMissing, zh: "缺少请求头 Authorization", en: "the header Authorization is missing", advice: adviceUnsigned(r),
		})
	case len(list) > 1:
		return apiv3.Authorization{}, stop(clause{
			cause: AuthorizationTwice, zh: "请求头 Authorization 出现了多次", en: "the header Authorization was sent more than once",
			advice: advice{"只能有一个", "send it once"},
		})
	}
	a, err := apiv3.ParseAuthorization(list[0])
	if err == nil && a.Scheme != apiv3.SchemeBrandRSA {
		return a, nil
	}
	if fault := schemeFault(list[0]); fault != nil {
		return a, fault
	}
	zh, en := formatFault(list[0])
	return a, stop(clause{cause: AuthorizationFormat, zh: "请求头 Authorization " + zh, en: "the header Authorization " + en, advice: adviceFormat()})
}

// schemeFault says what is wrong with the first word of the header, nil when nothing is.
func schemeFault(header string) *Finding {
	word, _, _ := strings.Cut(strings.TrimSpace(header), " ")
	if strings.Contains(word, "=") || apiv3.Scheme(word).Known() && word != string(apiv3.SchemeBrandRSA) {
		return nil
	}
	return stop(clause{
		cause: SchemeUnknown, zh: fmt.Sprintf("请求头 Authorization 的认证类型 %q 有误", cut(word)),
		en: fmt.Sprintf("the header Authorization has the scheme %q", cut(word)),
		advice: advice{
			"应为 WECHATPAY2-SHA256-RSA2048，国密证书为 WECHATPAY2-SM2-WITH-SM3，大小写一致",
			"it must be WECHATPAY2-SHA256-RSA2048, with an SM2 certificate WECHATPAY2-SM2-WITH-SM3, in this very case",
		},
	})
}

// cut shortens what a client sent for a sentence.
func cut(text string) string {
	const limit = 60
	if len(text) > limit {
		return strings.ToValidUTF8(text[:limit], "") + "…"
	}
	return text
}

// pairPattern finds pairs however they are spelled.
const pairPattern = `([a-z_]+)\s*[=＝:]\s*["'“”]?([^"'“”,，;]*)["'“”]?`

// formatFault says what is wrong with a header that does not follow the grammar.
func formatFault(header string) (zh, en string) {
	_, pairs, found := strings.Cut(header, " ")
	switch {
	case !found || strings.HasPrefix(header, "mchid"):
		return "缺少认证类型", "has no scheme"
	case strings.ContainsAny(header, "，＝“”；　"):
		return "使用了中文标点", "has Chinese punctuation"
	case strings.Contains(pairs, "'"):
		return "使用了单引号", "has single quotes"
	case strings.ContainsAny(header, "\r\n\t"):
		return "含有换行或制表符", "has a line break or a tab in it"
	case regexp.MustCompile(`",\s+|\s+,|^\s|=\s|\s=`).MatchString(pairs):
		return "在各项之间有多余的空格", "has blanks where none belong"
	case strings.Contains(pairs, `";`):
		return "以分号代替了逗号", "has semicolons instead of commas"
	case !strings.Contains(pairs, `="`):
		return "的值没有加双引号", "has values without double quotes"
	}
	return pairFault(pairs)
}

// pairFault says which pair is wrong.
func pairFault(pairs string) (zh, en string) {
	seen := map[string]string{}
	for _, m := range regexp.MustCompile(pairPattern).FindAllStringSubmatch(pairs, -1) {
		if _, twice := seen[m[1]]; twice {
			return "重复了 " + m[1], "has " + m[1] + " twice"
		}
		seen[m[1]] = m[2]
	}
	for _, name := range []string{"mchid", "nonce_str", "timestamp", "serial_no", "signature"} {
		value, there := seen[name]
		if !there {
			return "缺少 " + name, "lacks " + name
		}
		if value == "" {
			return "的 " + name + " 为空", "has an empty " + name
		}
	}
	const longestNonce = 32
	switch {
	case !regexp.MustCompile(`^[1-9][0-9]{7,9}$`).MatchString(seen["mchid"]):
		return "的 mchid 不是8到10位数字", "has a mchid that is not 8 to 10 digits"
	case len(seen["nonce_str"]) > longestNonce:
		return "的 nonce_str 超过32个字符", "has a nonce_str of more than 32 characters"
	case !regexp.MustCompile(`^[0-9]+$`).MatchString(seen["timestamp"]):
		return "的 timestamp 不是以秒计的数字", "has a timestamp that is no number of seconds"
	case strings.HasSuffix(strings.TrimSpace(pairs), ","):
		return "以逗号结尾", "ends with a comma"
	}
	return "不符合格式", "does not follow the grammar"
}

// adviceClock is about the time.
func adviceClock() advice {
	return advice{
		ZH: "应使用当前的UNIX时间戳（秒），并校准客户端时钟",
		EN: "take the present Unix time in seconds, from a clock that is set right",
	}
}

// checkTime judges the timestamp by when the request came (protocol 2.5).
func checkTime(timestamp string, received time.Time) *Finding {
	if received.IsZero() || apiv3.CheckTimestamp(timestamp, received) == nil {
		return nil
	}
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	for _, unit := range []struct {
		per    int64
		zh, en string
	}{{1e3, "毫秒", "milliseconds"}, {1e6, "微秒", "microseconds"}, {1e9, "纳秒", "nanoseconds"}} {
		if err == nil && seconds > 1e11 && abs(seconds/unit.per-received.Unix()) <= 86400 {
			return stop(clause{
				cause: TimestampUnit, zh: "timestamp 的单位是" + unit.zh + "，应为秒", en: "the timestamp is in " + unit.en + " instead of seconds", advice: adviceClock(),
			})
		}
	}
	if err != nil {
		return stop(clause{cause: TimestampStale, zh: "timestamp 太大", en: "the timestamp is too large", advice: adviceClock()})
	}
	return stop(staleClause(seconds - received.Unix()))
}

func abs(n int64) int64 { return max(n, -n) }

// staleClause says by how much a timestamp is off; a whole number of hours is a time zone.
func staleClause(off int64) clause {
	zh, en := "快", "ahead"
	if off < 0 {
		zh, en = "慢", "behind"
	}
	const hour, slack, widest = 3600, 120, 14
	if hours := (abs(off) + hour/2) / hour; hours >= 1 && hours <= widest && abs(abs(off)-hours*hour) <= slack {
		return clause{
			cause: TimestampZone, zh: fmt.Sprintf("timestamp 比收到请求时%s了%d小时，像是把本地时间当作了UTC", zh, hours),
			en:     fmt.Sprintf("the timestamp is %d hours %s, as if local time were taken for UTC", hours, en),
			advice: adviceClock(),
		}
	}
	by := time.Duration(abs(off)) * time.Second
	if abs(off) > int64(100*365*24*hour) {
		by = 100 * 365 * 24 * time.Hour // what does not fit a duration
	}
	return clause{
		cause: TimestampStale, zh: fmt.Sprintf("timestamp 比收到请求时%s了%s，超出5分钟", zh, by),
		en:     fmt.Sprintf("the timestamp is %s %s the time of the request, more than 5 minutes", by, en),
		advice: adviceClock(),
	}
}

// adviceUnsigned is about a request that nobody signed. Some SDKs sign only for the hosts of the
// platform.
func adviceUnsigned(r *Request) advice {
	host := strings.ToLower(first(r.Header, "Host"))
	if host == "" || strings.HasSuffix(host, ".mch.weixin.qq.com") || strings.HasSuffix(host, ".wechatpay.cn") {
		return adviceFormat()
	}
	return advice{
		ZH: "若SDK只对 *.mch.weixin.qq.com 签名（如 wechatpay-apache-httpclient），请用 favord run 重定向而不是更换域名；" + adviceFormat().ZH,
		EN: "an SDK that signs only for *.mch.weixin.qq.com, as wechatpay-apache-httpclient does, needs favord run instead of another base URL; " + adviceFormat().EN,
	}
}

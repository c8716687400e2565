package console

import (
	"context"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/platform/notify"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/wire/manage"
)

// Verdicts over a receiver.
const (
	verdictRight    = "RIGHT"
	verdictWrong    = "WRONG"
	verdictOnce     = "ONCE"
	verdictUnproven = "UNPROVEN"
)

func (s *Server) forge(ctx context.Context, req *manage.ForgeRequest) (any, error) {
	tried, err := s.Notify.Try(ctx, merchant.ID(req.MchID), req.EventID)
	if err != nil {
		return nil, err
	}
	answer := &manage.ForgeResponse{URL: tried.URL, Trials: make([]manage.Trial, len(tried.Trials))}
	takesGenuine := tried.Trials[0].IsAccepted()
	for i := range tried.Trials {
		t := &tried.Trials[i]
		verdict := verdictOf(t, takesGenuine)
		text := verdictText(t.Trick, verdict)
		answer.Trials[i] = manage.Trial{
			Kind: string(t.Trick), EventID: t.EventID, Status: int64(t.Status), Problem: t.Problem, TookMS: t.Took.Milliseconds(),
			Verdict: verdict, TextZH: text.ZH, TextEN: text.EN,
		}
		if verdict == verdictWrong && isForged(t.Trick) {
			answer.Fooled++
		}
	}
	return answer, nil
}

// isForged reports whether a receiver must refuse a notification.
func isForged(t notify.Trick) bool { return t != notify.TrickGenuine && t != notify.TrickReplayed }

// verdictOf judges an answer of a receiver, of which is known whether it takes the genuine notification.
func verdictOf(t *notify.Trial, takesGenuine bool) string {
	switch {
	case t.Trick == notify.TrickReplayed && t.IsAccepted():
		return verdictOnce
	case isForged(t.Trick) == t.IsAccepted():
		return verdictWrong
	case isForged(t.Trick) && !takesGenuine:
		return verdictUnproven
	}
	return verdictRight
}

// verdictText says what a verdict means, and what to do about it.
func verdictText(t notify.Trick, verdict string) fault.Text {
	switch {
	case verdict == verdictUnproven:
		return fault.Text{
			ZH: "拒绝了，但真实的通知也被拒绝，因此不能说明验签有效",
			EN: "It was refused, but so was the genuine one: that proves nothing about signatures.",
		}
	case verdict == verdictOnce:
		return fault.Text{
			ZH: "重复的通知应答成功是对的，前提是按通知的 id 只处理一次",
			EN: "To accept a repeat is right, as long as the receiver acts once on each id.",
		}
	case verdict == verdictRight && t == notify.TrickGenuine:
		return fault.Text{ZH: "接受了真实的通知", EN: "It takes the genuine notification."}
	case verdict == verdictRight:
		return fault.Text{ZH: "拒绝了，正确", EN: "It was refused, as it must be."}
	}
	return wrongText(t)
}

// wrongText says what is wrong with a receiver, and how to mend it.
func wrongText(t notify.Trick) fault.Text {
	texts := map[notify.Trick]fault.Text{
		notify.TrickGenuine: {
			ZH: "拒绝了真实的通知：请先让接收端对它应答 200 或 204，再看其余各项",
			EN: "It refuses the genuine notification: have the receiver answer 200 or 204 to it first, then look at the others.",
		},
		notify.TrickUnsigned: {
			ZH: "接受了没有签名的通知，任何人都能冒充平台：缺少 Wechatpay-Signature 等头时应拒绝",
			EN: "It accepts a notification without a signature: anyone can pose as the platform. Refuse it when Wechatpay-Signature is missing.",
		},
		notify.TrickSignature: {
			ZH: "接受了签名错误的通知：请用平台公钥验签，失败即拒绝",
			EN: "It accepts a wrong signature: verify it with the platform's key, and refuse what fails.",
		},
		notify.TrickBody: {
			ZH: "接受了签名之后被改动的通知：请对收到的原始字节验签，不要对重新序列化的 JSON 验签",
			EN: "It accepts a body that was changed after it was signed: verify the bytes as they were received, not JSON that was written again.",
		},
		notify.TrickStale: {
			ZH: "接受了十分钟前签名的通知，截获者可以重放：Wechatpay-Timestamp 与当前时间相差超过 5 分钟时应拒绝",
			EN: "It accepts a signature of ten minutes ago, which can be captured and sent again: refuse a Wechatpay-Timestamp more than 5 minutes away.",
		},
		notify.TrickSerial: {
			ZH: "没有核对 Wechatpay-Serial：应按序列号选取平台证书或公钥，找不到即拒绝，否则更换密钥时会出错",
			EN: "It ignores Wechatpay-Serial: choose the platform's key by it and refuse an unknown one, or a change of keys breaks the receiver.",
		},
		notify.TrickProbe: {
			ZH: "接受了平台的签名探测流量：签名以 WECHATPAY/SIGNTEST/ 开头，必然验签失败，应当拒绝",
			EN: "It accepts a probe of the platform: a signature that begins with WECHATPAY/SIGNTEST/ never verifies and must be refused.",
		},
		notify.TrickReplayed: {
			ZH: "拒绝了重复的通知：平台会重复投递，已处理过的通知也应应答成功",
			EN: "It refuses a repeat: the platform repeats notifications, so what was handled before must be accepted as well.",
		},
	}
	return texts[t]
}

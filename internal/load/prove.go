package load

import (
	"context"
	"fmt"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/wire/busifavor"
)

// prove asks the server what it counted, and compares that with what it acknowledged. A
// call that broke or ended with 5xx may have issued; all others say what they did.
func (s *session) prove(ctx context.Context) error {
	var issued, acknowledged int64
	for _, stock := range s.stocks {
		answer, err := s.target.Client.BusiFavor().GetStock(ctx, &busifavor.GetStockRequest{StockID: stock})
		if err != nil {
			return fmt.Errorf("count stock: %w", err)
		}
		if answer.SendCountInformation != nil {
			issued += answer.SendCountInformation.TotalSendNum
		}
		acknowledged += s.book.count(stock)
	}
	var unclear, wrong int64
	text := ""
	for _, phase := range s.report.Phases {
		unclear += int64(phase.Result.unclear())
		if wrong += int64(phase.Result.Wrong); text == "" {
			text = phase.Result.WrongText
		}
	}
	s.report.Proofs = []Proof{
		s.proofOfMaximum(issued),
		proofOfCount(issued, acknowledged, unclear),
		{
			Title: fault.Text{ZH: "每个单号只得到一张券，每张券只属于一个单号", EN: "every number got one coupon, every coupon has one number"},
			Holds: wrong == 0, Found: fault.Text{ZH: text, EN: text},
		},
	}
	return nil
}

func (s *session) proofOfMaximum(issued int64) Proof {
	most := s.maximum * int64(len(s.stocks))
	return Proof{
		Title: fault.Text{ZH: "没有超发", EN: "nothing was oversold"},
		Holds: issued <= most,
		Found: fault.Text{
			ZH: fmt.Sprintf("发放%d张，上限%d张", issued, most),
			EN: fmt.Sprintf("%d issued of at most %d", issued, most),
		},
	}
}

func proofOfCount(issued, acknowledged, unclear int64) Proof {
	return Proof{
		Title: fault.Text{ZH: "没有丢失：应答成功的券全部在册", EN: "nothing was lost: what was acknowledged is counted"},
		Holds: acknowledged <= issued && issued <= acknowledged+unclear,
		Found: fault.Text{
			ZH: fmt.Sprintf("应答%d张，在册%d张，结果不明的请求%d个", acknowledged, issued, unclear),
			EN: fmt.Sprintf("%d acknowledged, %d counted, %d calls of unknown outcome", acknowledged, issued, unclear),
		},
	}
}

package story

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/favord/favord/client"
	"github.com/favord/favord/wire/favor"
	"github.com/favord/favord/wire/manage"
	"github.com/favord/favord/wire/schema"
)

// bills goes on with the stock once it has ended: business time moves, signatures do not mind.
func (s *favorStory) bills() []step {
	return []step{
		{"把业务时间拨到批次结束次日10点之后", "Move business time past ten o'clock of the day after the stock's end", s.later},
		{"下载核销明细，校验哈希", "Download the bill of consumptions, and check its hash", s.bill(client.Favor.UseFlow)},
		{"下载退款明细，校验哈希", "Download the bill of refunds, and check its hash", s.bill(client.Favor.RefundFlow)},
		{"恢复真实时间", "Return to real time", s.now},
	}
}

// setClock moves the business time of everybody.
func (s *favorStory) setClock(ctx context.Context, req *manage.SetClockRequest) (string, error) {
	management, err := client.NewManagement(client.ManagementConfig{
		BaseURL: s.environment.ManageURL, Language: s.Choose("zh-CN", "en"), HTTPClient: &http.Client{Transport: s.watch},
	})
	if err != nil {
		return "", err
	}
	answer, err := management.SetClock(ctx, req)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("state %s  business_time %s", answer.State, answer.BusinessTime), nil
}

func (s *favorStory) later(ctx context.Context) (string, error) {
	const late = 36 * time.Hour // at most 34 from the end to ten o'clock of the next day
	return s.setClock(ctx, &manage.SetClockRequest{Action: "SET", Time: schema.TimeOf(s.end.Add(late))})
}

func (s *favorStory) now(ctx context.Context) (string, error) {
	return s.setClock(ctx, &manage.SetClockRequest{Action: "RESUME"})
}

// bill fetches one bill of the stock, which the client holds to its hash.
func (s *favorStory) bill(find func(client.Favor, context.Context, *favor.FlowRequest) (*favor.FlowResponse, error)) func(context.Context) (string, error) {
	return func(ctx context.Context) (string, error) {
		link, err := find(s.caller.Favor(), ctx, &favor.FlowRequest{StockID: s.stock.StockID})
		if err != nil {
			return "", err
		}
		var file bytes.Buffer
		size, err := s.caller.Download(ctx, client.File{URL: link.URL, HashType: link.HashType, HashValue: link.HashValue}, &file)
		if err != nil {
			return "", err
		}
		if !bytes.Contains(file.Bytes(), []byte(s.couponID)) {
			return "", unexpected("账单中没有代金券 "+s.couponID, "the bill lacks the voucher "+s.couponID)
		}
		return fmt.Sprintf("%d %s  %s %s", size, s.Choose("字节", "bytes"), link.HashType, link.HashValue), nil
	}
}

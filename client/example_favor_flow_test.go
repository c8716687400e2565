package client_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/favord/favord/client"
	"github.com/favord/favord/wire/favor"
)

// refusalOf returns the code and message of a refusal.
func refusalOf(err error) string {
	if refused, is := errors.AsType[*client.APIError](err); is {
		return refused.Code + " " + refused.Message
	}
	return fmt.Sprint(err)
}

// Where there is a bill, [client.Client.Download] fetches it with
// client.File{URL: link.URL, HashType: link.HashType, HashValue: link.HashValue}. There is
// none before ten o'clock on the day after the end of the stock.
func ExampleFavor_UseFlow() {
	stock := newVouchers("example-use-flow")
	_, err := sandbox().Client().Favor().UseFlow(context.Background(), &favor.FlowRequest{StockID: stock.StockID})
	fmt.Println(refusalOf(err))
	// Output: RESOURCE_NOT_EXISTS 账单文件不存在
}

func ExampleFavor_RefundFlow() {
	stock := newVouchers("example-refund-flow")
	_, err := sandbox().Client().Favor().RefundFlow(context.Background(), &favor.FlowRequest{StockID: stock.StockID})
	fmt.Println(refusalOf(err))
	// Output: RESOURCE_NOT_EXISTS 账单文件不存在
}

// A day without a consumption has no bill, nor has one that is not over.
func ExampleFavor_UseFlowByDay() {
	stock := newVouchers("example-use-flow-by-day")
	day := time.Now().AddDate(0, 0, -3).Format(time.DateOnly)
	_, err := sandbox().Client().Favor().UseFlowByDay(context.Background(), &favor.FlowByDayRequest{StockID: stock.StockID, BillDate: day})
	fmt.Println(refusalOf(err))
	// Output: RESOURCE_NOT_EXISTS 当天没有核销记录
}

func ExampleFavor_RefundFlowByDay() {
	stock := newVouchers("example-refund-flow-by-day")
	day := time.Now().AddDate(0, 0, 3).Format(time.DateOnly)
	_, err := sandbox().Client().Favor().RefundFlowByDay(context.Background(), &favor.FlowByDayRequest{StockID: stock.StockID, BillDate: day})
	fmt.Println(refusalOf(err))
	// Output: PARAM_ERROR 请求日期超限
}

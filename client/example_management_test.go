package client_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"time"

	"github.com/favord/favord/client"
	"github.com/favord/favord/wire/busifavor"
	"github.com/favord/favord/wire/manage"
	"github.com/favord/favord/wire/schema"
)

func ExampleNewManagement() {
	m, err := client.NewManagement(client.ManagementConfig{BaseURL: otherSandbox().ManageURL})
	if err != nil {
		log.Fatal(err)
	}
	status, err := m.Status(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(status.Mode)
	// Output: sandbox
}

func ExampleManagement_Status() {
	status, err := otherSandbox().Management().Status(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(status.Mode, status.Version)
	// Output: sandbox favordtest
}

func ExampleManagement_Do() {
	response, err := otherSandbox().Management().Do(context.Background(), http.MethodGet, "/manage/v1/status", nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(response.Status)
	// Output: 200
}

func ExampleManagement_Clock() {
	clock, err := otherSandbox().Management().Clock(context.Background(), &manage.GetClockRequest{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(clock.State)
	// Output: REAL
}

// What depends on business time follows at once; signatures keep the real time.
func ExampleManagement_SetClock() {
	m, ctx := otherSandbox().Management(), context.Background()
	stands, err := m.SetClock(ctx, &manage.SetClockRequest{
		Action: "FREEZE", Time: schema.TimeOf(time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)),
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(stands.State, stands.BusinessTime)
	if _, err := m.SetClock(ctx, &manage.SetClockRequest{Action: "RESUME"}); err != nil {
		log.Fatal(err)
	}
	// Output: FROZEN 2030-01-01T08:00:00+08:00
}

func ExampleManagement_AddFault() {
	s, ctx := otherSandbox(), context.Background()
	fault, err := s.Management().AddFault(ctx, &manage.AddFaultRequest{
		Kind: "ERROR", Operation: busifavor.GetStock, Status: http.StatusNotFound, Code: "RESOURCE_NOT_EXISTS", Count: new(int64(1)),
	})
	if err != nil {
		log.Fatal(err)
	}
	_, err = s.Client().BusiFavor().GetStock(ctx, &busifavor.GetStockRequest{StockID: demoStock})
	fmt.Println(fault.Kind, errors.Is(err, client.ErrResourceNotExists))
	// Output: ERROR true
}

func ExampleManagement_RemoveFault() {
	m, ctx := otherSandbox().Management(), context.Background()
	fault, err := m.AddFault(ctx, &manage.AddFaultRequest{Kind: "NO_SIGNATURE"})
	if err != nil {
		log.Fatal(err)
	}
	removed, err := m.RemoveFault(ctx, &manage.RemoveFaultRequest{ID: fault.ID})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(removed.Removed)
	// Output: 1
}

func ExampleManagement_ClearFaults() {
	m, ctx := otherSandbox().Management(), context.Background()
	if _, err := m.AddFault(ctx, &manage.AddFaultRequest{Kind: "NO_SIGNATURE"}); err != nil {
		log.Fatal(err)
	}
	if _, err := m.ClearFaults(ctx); err != nil {
		log.Fatal(err)
	}
	list, err := m.Faults(ctx)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(list.Faults))
	// Output: 0
}

func ExampleManagement_Faults() {
	m, ctx := otherSandbox().Management(), context.Background()
	if _, err := m.AddFault(ctx, &manage.AddFaultRequest{Kind: "DELAY", DelayMS: 1, Count: new(int64(1))}); err != nil {
		log.Fatal(err)
	}
	list, err := m.Faults(ctx)
	if err != nil {
		log.Fatal(err)
	}
	for _, fault := range list.Faults {
		if fault.Kind == "DELAY" {
			fmt.Println(*fault.Left, "left")
		}
	}
	if _, err := m.ClearFaults(ctx); err != nil {
		log.Fatal(err)
	}
	// Output: 1 left
}

func ExampleManagement_Journal() {
	s, ctx := otherSandbox(), context.Background()
	if _, err := s.Client().Get(ctx, "/v3/marketing/busifavor/stocks/"+demoStock); err != nil {
		log.Fatal(err)
	}
	list, err := s.Management().Journal(ctx, &manage.ListJournalRequest{Operation: busifavor.GetStock, Status: "200"})
	if err != nil {
		log.Fatal(err)
	}
	line := list.Requests[len(list.Requests)-1]
	fmt.Println(line.Method, line.Target, line.Verified)
	// Output: GET /v3/marketing/busifavor/stocks/1282070000000017 true
}

func ExampleManagement_JournalEntry() {
	s, ctx := otherSandbox(), context.Background()
	response, err := s.Client().Get(ctx, "/v3/certificates")
	if err != nil {
		log.Fatal(err)
	}
	entry, err := s.Management().JournalEntry(ctx, &manage.GetJournalRequest{RequestID: response.Header.Get("Request-ID")})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(entry.Request.Operation, entry.AnswerBody == string(response.Body))
	// Output: certificates.list true
}

func ExampleManagement_SaveSnapshot() {
	m, ctx := otherSandbox().Management(), context.Background()
	saved, err := m.SaveSnapshot(ctx, &manage.SnapshotRequest{Name: "empty"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(saved.Name, saved.Size > 0)
	if err := m.RemoveSnapshot(ctx, &manage.SnapshotRequest{Name: "empty"}); err != nil {
		log.Fatal(err)
	}
	// Output: empty true
}

// A coupon that came after the snapshot is gone.
func ExampleManagement_RestoreSnapshot() {
	s, ctx := otherSandbox(), context.Background()
	if _, err := s.Management().SaveSnapshot(ctx, &manage.SnapshotRequest{Name: "before"}); err != nil {
		log.Fatal(err)
	}
	sent, err := s.Client().BusiFavor().SendCoupon(ctx, &busifavor.SendCouponRequest{
		StockID: demoStock, OpenID: s.OpenID, AppID: s.AppID, OutRequestNo: "after",
	})
	if err != nil {
		log.Fatal(err)
	}
	if _, err := s.Management().RestoreSnapshot(ctx, &manage.SnapshotRequest{Name: "before"}); err != nil {
		log.Fatal(err)
	}
	_, err = s.Client().BusiFavor().GetUserCoupon(ctx, &busifavor.GetUserCouponRequest{
		OpenID: s.OpenID, CouponCode: sent.SendCouponResult.CouponCode, AppID: s.AppID,
	})
	fmt.Println(errors.Is(err, client.ErrResourceNotExists))
	// Output: true
}

func ExampleManagement_Snapshots() {
	m, ctx := otherSandbox().Management(), context.Background()
	if _, err := m.SaveSnapshot(ctx, &manage.SnapshotRequest{Name: "one"}); err != nil {
		log.Fatal(err)
	}
	list, err := m.Snapshots(ctx)
	if err != nil {
		log.Fatal(err)
	}
	for _, snapshot := range list.Snapshots {
		if snapshot.Name == "one" {
			fmt.Println("there")
		}
	}
	// Output: there
}

func ExampleManagement_RemoveSnapshot() {
	m, ctx := otherSandbox().Management(), context.Background()
	if _, err := m.SaveSnapshot(ctx, &manage.SnapshotRequest{Name: "gone"}); err != nil {
		log.Fatal(err)
	}
	fmt.Println(m.RemoveSnapshot(ctx, &manage.SnapshotRequest{Name: "gone"}))
	// Output: <nil>
}

// The stocks of all merchants, the newest first.
func ExampleManagement_Stocks() {
	list, err := otherSandbox().Management().Stocks(context.Background(), &manage.ListStocksRequest{})
	if err != nil {
		log.Fatal(err)
	}
	for _, stock := range list.Stocks {
		if stock.StockID == demoStock {
			fmt.Println(stock.MchID, stock.Name)
		}
	}
	// Output: 1900000001 满10元减5元
}

func ExampleManagement_Stock() {
	stock, err := otherSandbox().Management().Stock(context.Background(), &manage.StockRequest{StockID: demoStock})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(stock.Type, stock.State)
	// Output: NORMAL RUNNING
}

// otherStock is a demo stock of which the examples above know nothing.
var otherStock = &manage.StockRequest{StockID: "1282070000000018"}

func ExampleManagement_PauseStock() {
	m, ctx := otherSandbox().Management(), context.Background()
	stock, err := m.PauseStock(ctx, otherStock)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(stock.State)
	if _, err := m.ResumeStock(ctx, otherStock); err != nil {
		log.Fatal(err)
	}
	// Output: PAUSED
}

func ExampleManagement_ResumeStock() {
	m, ctx := otherSandbox().Management(), context.Background()
	if _, err := m.PauseStock(ctx, otherStock); err != nil {
		log.Fatal(err)
	}
	stock, err := m.ResumeStock(ctx, otherStock)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(stock.State)
	// Output: RUNNING
}

func ExampleManagement_StopStock() {
	s, ctx := otherSandbox(), context.Background()
	begin := time.Now().Truncate(time.Second)
	created, err := s.Client().BusiFavor().CreateStock(ctx, &busifavor.CreateStockRequest{
		StockName: "满10元减1元", BelongMerchant: s.MchID, GoodsName: "全部商品", StockType: "NORMAL",
		CouponUseRule: busifavor.CouponUseRule{
			CouponAvailableTime: busifavor.CouponAvailableTime{
				AvailableBeginTime: schema.TimeOf(begin), AvailableEndTime: schema.TimeOf(begin.AddDate(0, 1, 0)),
			},
			FixedNormalCoupon: &busifavor.FixedNormalCoupon{DiscountAmount: 100, TransactionMinimum: 1000}, UseMethod: "OFF_LINE",
		},
		StockSendRule: busifavor.StockSendRule{MaxCoupons: 100, MaxCouponsPerUser: 5},
		OutRequestNo:  "example-stop", CouponCodeMode: "WECHATPAY_MODE",
	})
	if err != nil {
		log.Fatal(err)
	}
	stock, err := s.Management().StopStock(ctx, &manage.StockRequest{StockID: created.StockID})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(stock.State)
	// Output: STOPED
}

// A stock waits for approval only where new stocks are reviewed; this one was never in doubt.
func ExampleManagement_ApproveStock() {
	stock, err := otherSandbox().Management().ApproveStock(context.Background(), otherStock)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(stock.State)
	// Output: RUNNING
}

// Only a stock that waits can be rejected.
func ExampleManagement_RejectStock() {
	_, err := otherSandbox().Management().RejectStock(context.Background(), otherStock)
	_, refused := errors.AsType[*client.APIError](err)
	fmt.Println(refused)
	// Output: true
}

func ExampleManagement_Deliveries() {
	s := otherSandbox()
	list, err := s.Management().Deliveries(context.Background(), &manage.ListDeliveriesRequest{MchID: s.MchID, State: "DEAD"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(list.Deliveries))
	// Output: 0
}

package httpapi_test

import (
	"crypto/sha1"
	"encoding/hex"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/favord/favord/internal/rule/payment"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/sandbox"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/wire/favor"
)

const (
	useFlow    = "/use-flow"
	refundFlow = "/refund-flow"
	byDay      = "-by-day"
	// openedOn is the day of every fixture.
	openedOn = "?bill_date=2026-12-05"
)

func pathFlow(stock, flow string) string { return pathVoucherStocks + "/" + stock + flow }

// briefStock is a stock of vouchers that ends on the day of the fixture.
func (f *fixture) briefStock() string {
	f.t.Helper()
	return f.voucherStock(func(o object) { o["available_end_time"] = "2026-12-05T23:59:59+08:00" })
}

// billed is such a stock with a line in each of its bills, a day later.
func (f *fixture) billed() string {
	f.t.Helper()
	stock := f.briefStock()
	f.consumed(stock)
	f.advance(24 * time.Hour)
	return stock
}

// consumed writes a line into each bill of a stock.
func (f *fixture) consumed(stock string) {
	f.t.Helper()
	line := payment.Flow{
		Stock: voucher.StockKey{Creator: alice, ID: voucher.StockID(stock)}, Kind: payment.FlowUse, At: f.clock.Now(),
		Voucher: "18180000032", TransactionID: "4200000000202011270000000999", Merchant: alice, Discount: 100, Total: 2000,
		Facts: payment.Facts{DeviceInfo: "1000000000"},
	}
	back := line
	back.Kind, back.RefundID, back.Discount, back.Total = payment.FlowRefund, "1", 5, 1000
	f.write(func(tx store.Tx) error { return tx.InsertFlows(f.t.Context(), []payment.Flow{line, back}) })
}

// targetOf is the target of the URL of an answer.
func (f *fixture) targetOf(r reply) string {
	f.t.Helper()
	at, err := url.Parse(text(r.json["url"]))
	if err != nil || r.status != http.StatusOK {
		f.t.Fatalf("%d %s: %v", r.status, r.body, err)
	}
	return at.RequestURI()
}

func flowSubject() subject {
	get := func(flow, query string) func(f *fixture) request {
		return func(f *fixture) request { return voucherGet(pathFlow(f.billed(), flow) + query) }
	}
	spoilt := func(target string) func(f *fixture) reply {
		return func(f *fixture) reply { return f.get(alice, target) }
	}
	const (
		date   = "输入源“/query/bill_date”映射到字段“账单日期”必填性规则校验失败，此字段为必填项"
		number = "输入源“/uri_template/stock_id”映射到值字段“批次号”字符串规则校验失败，字节数 21，大于最大值 20"
	)
	long := strings.Repeat("1", 21)
	return subject{
		samples: map[string]func(f *fixture) request{
			favor.UseFlow:         get(useFlow, ""),
			favor.RefundFlow:      get(refundFlow, ""),
			favor.UseFlowByDay:    get(useFlow+byDay, openedOn),
			favor.RefundFlowByDay: get(refundFlow+byDay, openedOn),
			favor.DownloadFlow: func(f *fixture) request {
				return voucherGet(f.targetOf(f.get(alice, pathFlow(f.billed(), useFlow))))
			},
		},
		malformed: map[string]string{
			favor.UseFlow: number, favor.RefundFlow: number, favor.UseFlowByDay: date, favor.RefundFlowByDay: date,
			favor.DownloadFlow: "输入源“/query/token”映射到字段“下载凭证”必填性规则校验失败，此字段为必填项",
		},
		spoilt: map[string]func(f *fixture) reply{
			favor.UseFlow: spoilt(pathFlow(long, useFlow)), favor.RefundFlow: spoilt(pathFlow(long, refundFlow)),
			favor.UseFlowByDay: spoilt(pathFlow("1", useFlow+byDay)), favor.RefundFlowByDay: spoilt(pathFlow("1", refundFlow+byDay)),
			favor.DownloadFlow: spoilt(favor.DownloadPath),
		},
		scenarios: map[string][]scenario{
			favor.UseFlow:         append(flowScenarios(useFlow), earlyFlows(useFlow)...),
			favor.RefundFlow:      append(flowScenarios(refundFlow), earlyFlows(refundFlow)...),
			favor.UseFlowByDay:    append(flowScenarios(useFlow+byDay+openedOn), daysOfFlows(useFlow, "当天没有核销记录")...),
			favor.RefundFlowByDay: append(flowScenarios(refundFlow+byDay+openedOn), daysOfFlows(refundFlow, "当天没有退款记录")...),
			favor.DownloadFlow:    downloadScenarios(),
		},
	}
}

// flowScenarios are the failures of whatever leads to a bill.
func flowScenarios(flow string) []scenario {
	return []scenario{
		{403, "REQUEST_BLOCKED", "调用商户无权限", func(f *fixture) reply { return f.get(bob, pathFlow(f.billed(), flow)) }},
		{404, "RESOURCE_NOT_EXISTS", "批次不存在", func(f *fixture) reply { return f.get(alice, pathFlow("1", flow)) }},
	}
}

func earlyFlows(flow string) []scenario {
	none := func(call func(f *fixture) reply) scenario {
		return scenario{404, "RESOURCE_NOT_EXISTS", "账单文件不存在", call}
	}
	return []scenario{
		none(func(f *fixture) reply {
			stock := f.briefStock()
			f.advance(24 * time.Hour)
			return f.get(alice, pathFlow(stock, flow))
		}),
		none(func(f *fixture) reply {
			stock := f.briefStock()
			f.consumed(stock)
			f.advance(22*time.Hour - time.Second) // 09:59:59
			return f.get(alice, pathFlow(stock, flow))
		}),
	}
}

func daysOfFlows(flow, none string) []scenario {
	day := func(date string, after time.Duration) func(f *fixture) reply {
		return func(f *fixture) reply {
			stock := f.briefStock()
			f.consumed(stock)
			f.advance(after)
			return f.get(alice, pathFlow(stock, flow+byDay)+"?bill_date="+date)
		}
	}
	out := func(date string, after time.Duration) scenario {
		return scenario{400, "PARAM_ERROR", "请求日期超限", day(date, after)}
	}
	return []scenario{
		{404, "RESOURCE_NOT_EXISTS", none, day("2026-12-04", 0)},
		out("2026-12-05", 22*time.Hour-time.Second),
		out("2026-12-06", 22*time.Hour),
		out("2026-02-30", 22*time.Hour),
		out("2026-09-05", 22*time.Hour),
	}
}

// downloadScenarios are tokens that are forged, over, or another merchant's.
func downloadScenarios() []scenario {
	none := func(call func(f *fixture, target string) reply) scenario {
		return scenario{404, "RESOURCE_NOT_EXISTS", "账单文件不存在", func(f *fixture) reply {
			return call(f, f.targetOf(f.get(alice, pathFlow(f.billed(), useFlow))))
		}}
	}
	return []scenario{
		none(func(f *fixture, target string) reply {
			f.advance(31 * time.Second)
			return f.get(alice, target)
		}),
		none(func(f *fixture, target string) reply { return f.get(bob, target) }),
		none(func(f *fixture, target string) reply {
			return f.get(alice, strings.Replace(target, "token=ey", "token=ez", 1))
		}),
		none(func(f *fixture, target string) reply { return f.get(alice, target[:len(target)-2]) }),
		none(func(f *fixture, _ string) reply { return f.get(alice, favor.DownloadPath+"?token=.") }),
	}
}

// TestABillIsTheFileThatItsHashVouchesFor, and it comes from where the call was made.
func TestABillIsTheFileThatItsHashVouchesFor(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	stock := f.billed()
	link := f.get(alice, pathFlow(stock, useFlow))
	if !strings.HasPrefix(text(link.json["url"]), f.server.URL+favor.DownloadPath+"?token=") {
		t.Errorf("the bill is at %v", link.json["url"])
	}
	file := f.get(alice, f.targetOf(link))
	if kind := file.header.Get("Content-Type"); kind != "text/plain; charset=utf-8" {
		t.Errorf("the file is %s", kind)
	}
	want := "批次id,优惠id,优惠类型,优惠金额（元）,订单总金额（元）,交易类型,支付单号,消耗时间,消耗商户号,设备号,银行流水号,单品信息\r\n" +
		"`" + stock + ",`18180000032,`全场代金券,`1.00,`20.00,`支付,`4200000000202011270000000999,`2026-12-05 12:00:00,`1900000001,\"1000000000\",\"\",\"\"\r\n" +
		"总条数\r\n`1\r\n"
	if file.body != want {
		t.Errorf("got\n%s\nwant\n%s", file.body, want)
	}
	digest := sha1.Sum([]byte(file.body))
	if link.json["hash_value"] != hex.EncodeToString(digest[:]) || link.json["hash_type"] != "SHA1" {
		t.Errorf("the file has the hash %x, announced as %s", digest, link.body)
	}
	days := f.get(alice, pathFlow(stock, refundFlow+byDay)+openedOn)
	if days.json["stock_refundflow_count"] != "1" {
		t.Errorf("the bill by day is %s", days.body)
	}
	if body := f.get(alice, f.targetOf(days)).body; !strings.Contains(body, ",`0.05,`10.00,`退款,") || !strings.Contains(body, ",\"MTAwMDAwMDAwMA==\",\"\",\"\",\"\",\"\",\"\",\"\"\r\n") {
		t.Errorf("the bill by day is\n%s", body)
	}
}

// TestAFaultAnnouncesAnotherHash, so that clients can prove that they look.
func TestAFaultAnnouncesAnotherHash(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	target := pathFlow(f.billed(), useFlow)
	good := f.get(alice, target)
	other := f.send(request{as: alice, method: http.MethodGet, target: target, header: http.Header{
		http.CanonicalHeaderKey(sandbox.FaultHeader): {string(sandbox.FaultBillHash)},
	}})
	if other.status != http.StatusOK || len(text(other.json["hash_value"])) != 40 || other.json["hash_value"] == good.json["hash_value"] {
		t.Errorf("%s, and without the fault %s", other.body, good.body)
	}
}

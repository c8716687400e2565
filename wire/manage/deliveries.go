package manage

import (
	"net/http"

	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/schema"
)

// Ids of the operations about deliveries.
const (
	ListCallbacks          = "manage.callbacks.list"
	ListDeliveries         = "manage.deliveries.list"
	GetDelivery            = "manage.deliveries.get"
	ResendDeliveries       = "manage.deliveries.resend"
	SynthesizeNotification = "manage.deliveries.synthesize"
	ForgeDelivery          = "manage.deliveries.forge"
)

// CallbackList has the callbacks that a merchant has set, one per product.
type CallbackList struct {
	Callbacks []Callback `json:"callbacks" title:"回调地址" rule:"required"`
}

// Callback is where a merchant wants the events of a product.
type Callback struct {
	MchID   string `json:"mchid" title:"商户号" rule:"required"`
	Product string `json:"product" title:"产品" rule:"required enum=busifavor|favor"`
	URL     string `json:"url" title:"通知地址" rule:"required"`
	// On is false while the merchant wants no events.
	On         bool        `json:"on" title:"开关" rule:"required"`
	UpdateTime schema.Time `json:"update_time" title:"更新时间" rule:"required"`
}

// ListDeliveriesRequest asks for what a merchant was told, the newest first.
type ListDeliveriesRequest struct {
	MchID   string `query:"mchid" json:"-" title:"商户号" rule:"required chars=1..32"`
	Product string `query:"product" json:"-" title:"产品" rule:"enum=busifavor|favor"`
	State   string `query:"state" json:"-" title:"状态" rule:"enum=PENDING|DELIVERED|DEAD"`
	// From and Until bound when a delivery began, in real time; the latter exclusively.
	From  schema.Time `query:"from" json:"-" title:"起始时间" rule:"chars=1..40"`
	Until schema.Time `query:"until" json:"-" title:"截止时间" rule:"chars=1..40"`
	// Before is the Place of the last delivery of the page before.
	Before int64 `query:"before" json:"-" title:"起始位置" rule:"range=0.."`
	// Limit is the size of a page; nil means 20.
	Limit *int64 `query:"limit" json:"-" title:"条数" rule:"range=1..1000"`
}

// Delivery is an event on its way to a merchant.
type Delivery struct {
	MchID string `json:"mchid" title:"商户号" rule:"required"`
	// EventID is the id of the notification, the same on every attempt.
	EventID string `json:"event_id" title:"事件编号" rule:"required"`
	// Place orders the deliveries of a merchant.
	Place   int64  `json:"place" title:"位置" rule:"required"`
	Product string `json:"product" title:"产品" rule:"required"`
	Event   string `json:"event_type" title:"事件类型" rule:"required"`
	// State is PENDING, DELIVERED or DEAD.
	State     string      `json:"state" title:"状态" rule:"required"`
	BeganTime schema.Time `json:"began_time" title:"首次投递时间" rule:"required"`
	// NextTime is when it is attempted next, EndTime when it was delivered or given up.
	NextTime schema.Time `json:"next_time,omitzero" title:"下次投递时间"`
	EndTime  schema.Time `json:"end_time,omitzero" title:"结束时间"`
	Attempts int64       `json:"attempts" title:"投递次数" rule:"required"`
	// Status is the receiver's last answer, 0 when there was none; Problem then says why.
	Status  int64  `json:"status" title:"最近应答状态码" rule:"required"`
	Problem string `json:"problem,omitempty" title:"失败原因"`
}

// ListDeliveriesResponse is a page of deliveries.
type ListDeliveriesResponse struct {
	Deliveries []Delivery `json:"deliveries" title:"投递列表" rule:"required"`
}

// GetDeliveryRequest asks for one delivery with its attempts.
type GetDeliveryRequest struct {
	EventID string `path:"event_id" json:"-" title:"事件编号" rule:"required chars=1..64"`
	MchID   string `query:"mchid" json:"-" title:"商户号" rule:"required chars=1..32"`
}

// GetDeliveryResponse is a delivery with everything that is known about it.
type GetDeliveryResponse struct {
	Delivery Delivery `json:"delivery" title:"投递" rule:"required"`
	// Resource is the JSON that the receiver reads once it has decrypted it.
	Resource string    `json:"resource,omitempty" title:"通知内容"`
	Attempts []Attempt `json:"attempts" title:"投递记录" rule:"required"`
}

// Attempt is one try to deliver.
type Attempt struct {
	// Number counts from 1; one that is missing was never settled, as its node died.
	Number int64       `json:"number" title:"序号" rule:"required"`
	URL    string      `json:"url" title:"地址" rule:"required"`
	Time   schema.Time `json:"time" title:"时间" rule:"required"`
	TookMS int64       `json:"took_ms" title:"耗时毫秒数" rule:"required"`
	// Serial is the platform key that signed.
	Serial  string `json:"serial_no,omitempty" title:"平台证书序列号"`
	Status  int64  `json:"status" title:"应答状态码" rule:"required"`
	Problem string `json:"problem,omitempty" title:"失败原因"`
	// Answer is the beginning of the receiver's answer.
	Answer string `json:"answer,omitempty" title:"应答内容"`
}

// ResendDeliveriesRequest has events delivered again, signed anew, as if they had just
// happened: those that are named or, when none is, those that began in a span of time.
type ResendDeliveriesRequest struct {
	MchID    string   `json:"mchid" title:"商户号" rule:"required chars=1..32"`
	EventIDs []string `json:"event_ids,omitempty" title:"事件编号" rule:"items=1..100"`
	Product  string   `json:"product,omitempty" title:"产品" rule:"enum=busifavor|favor"`
	State    string   `json:"state,omitempty" title:"状态" rule:"enum=PENDING|DELIVERED|DEAD"`
	// From must be given when no event is named.
	From  schema.Time `json:"from,omitzero" title:"起始时间" rule:"chars=1..40"`
	Until schema.Time `json:"until,omitzero" title:"截止时间" rule:"chars=1..40"`
	// Before is Last of the call before, when there was more than one call does.
	Before int64 `json:"before,omitempty" title:"起始位置" rule:"range=0.."`
}

// ResendDeliveriesResponse says how many deliveries are sent again.
type ResendDeliveriesResponse struct {
	Resent int64 `json:"resent" title:"重新投递条数" rule:"required"`
	// Last is the Before of the next call; absent when there is no more.
	Last int64 `json:"last,omitempty" title:"截止位置"`
}

// SynthesizeRequest tells a merchant of something that did not happen: sealed and signed as
// real notifications are, sent once to its callback URL, and kept nowhere.
type SynthesizeRequest struct {
	MchID string `json:"mchid" title:"商户号" rule:"required chars=1..32"`
	Event string `json:"event" title:"事件类型" rule:"required enum=COUPON.SEND|COUPON.USE"`
	// Resource is the JSON that is sealed, as text.
	Resource string `json:"resource" title:"事件内容" rule:"required chars=2..65536"`
}

// SynthesizeResponse is what the receiver said.
type SynthesizeResponse struct {
	EventID string `json:"event_id" title:"事件编号" rule:"required"`
	URL     string `json:"url" title:"通知地址" rule:"required"`
	Status  int64  `json:"status" title:"应答状态码" rule:"required"`
	Problem string `json:"problem,omitempty" title:"失败原因"`
	TookMS  int64  `json:"took_ms" title:"耗时毫秒数" rule:"required"`
}

// ForgeRequest has the callback of a merchant tried with forgeries of an event that it was told.
type ForgeRequest struct {
	MchID   string `json:"mchid" title:"商户号" rule:"required chars=1..32"`
	EventID string `json:"event_id" title:"事件编号" rule:"required chars=1..64"`
}

// ForgeResponse is what the receiver made of them.
type ForgeResponse struct {
	URL string `json:"url" title:"通知地址" rule:"required"`
	// Fooled is how many forgeries were accepted.
	Fooled int64   `json:"fooled" title:"被接受的伪造通知数" rule:"required"`
	Trials []Trial `json:"trials" title:"结果" rule:"required"`
}

// Trial is what a receiver made of one notification.
type Trial struct {
	// Kind is what was wrong with it: nothing (GENUINE, and REPLAYED, which is the same once more to
	// the byte), no signature at all, a wrong one, a body that was changed after it was signed, a
	// signature of ten minutes ago, a platform key that does not exist, a probe of the platform.
	Kind    string `json:"kind" title:"类型" rule:"required enum=GENUINE|UNSIGNED|SIGNATURE|BODY|STALE|SERIAL|PROBE|REPLAYED"`
	EventID string `json:"event_id" title:"事件编号" rule:"required"`
	// Status is the receiver's answer, 0 when there was none; Problem then says why.
	Status  int64  `json:"status" title:"应答状态码" rule:"required"`
	Problem string `json:"problem,omitempty" title:"失败原因"`
	TookMS  int64  `json:"took_ms" title:"耗时毫秒数" rule:"required"`
	// Verdict is RIGHT; WRONG; ONCE, which is right as long as the receiver acts on an event once;
	// or UNPROVEN, as the genuine one was refused as well.
	Verdict string `json:"verdict" title:"结论" rule:"required enum=RIGHT|WRONG|ONCE|UNPROVEN"`
	TextZH  string `json:"text_zh" title:"说明" rule:"required"`
	TextEN  string `json:"text_en" title:"说明（英文）" rule:"required"`
}

func deliveryOperations() []wire.Operation {
	const path = "/manage/v1/deliveries"
	return []wire.Operation{
		{
			ID: ListCallbacks, Title: wire.Text{ZH: "查看回调地址", EN: "List a merchant's callbacks"}, Section: "management",
			Duty: wire.DutyDevelop, Method: http.MethodGet, Path: "/manage/v1/merchants/{mchid}/callbacks",
			Request: schema.Of[MerchantRequest](), Response: schema.Of[CallbackList](),
		},
		{
			ID: ListDeliveries, Title: wire.Text{ZH: "查看回调投递", EN: "List deliveries"}, Duty: wire.DutyDevelop, Section: "management",
			Method: http.MethodGet, Path: path,
			Request: schema.Of[ListDeliveriesRequest](), Response: schema.Of[ListDeliveriesResponse](),
		},
		{
			ID: GetDelivery, Title: wire.Text{ZH: "查看一次投递的全部记录", EN: "Show a delivery"}, Duty: wire.DutyDevelop, Section: "management",
			Method: http.MethodGet, Path: path + "/{event_id}",
			Request: schema.Of[GetDeliveryRequest](), Response: schema.Of[GetDeliveryResponse](),
		},
		{
			ID: ResendDeliveries, Title: wire.Text{ZH: "重新投递", EN: "Resend deliveries"}, Duty: wire.DutyDevelop, Section: "management",
			Method: http.MethodPost, Path: path + "/resend",
			Request: schema.Of[ResendDeliveriesRequest](), Response: schema.Of[ResendDeliveriesResponse](),
		},
		{
			ID: SynthesizeNotification, Title: wire.Text{ZH: "发送一条模拟的回调", EN: "Send a simulated notification"}, Section: "management",
			Duty: wire.DutyDevelop, Method: http.MethodPost, Path: path + "/synthesize", Auth: wire.ByOperatorInSandbox,
			Request: schema.Of[SynthesizeRequest](), Response: schema.Of[SynthesizeResponse](),
		},
		{
			ID: ForgeDelivery, Title: wire.Text{ZH: "用伪造的回调检验接收端", EN: "Try a receiver with forged notifications"},
			Section: "management", Duty: wire.DutyDevelop, Method: http.MethodPost, Path: path + "/forge", Auth: wire.ByOperatorInSandbox,
			Request: schema.Of[ForgeRequest](), Response: schema.Of[ForgeResponse](),
		},
	}
}

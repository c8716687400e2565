package notify

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/favord/favord/wire/schema"
)

// EventBusiCouponSend is the event_type inside a [CouponSend].
const EventBusiCouponSend = "EVENT_TYPE_BUSICOUPON_SEND"

// Channels through which a user got a merchant coupon (busifavor 14).
const (
	ChannelMiniApp          = "BUSICOUPON_SEND_CHANNEL_MINIAPP"
	ChannelAPI              = "BUSICOUPON_SEND_CHANNEL_API"
	ChannelPayGift          = "BUSICOUPON_SEND_CHANNEL_PAYGIFT"
	ChannelH5               = "BUSICOUPON_SEND_CHANNEL_H5"
	ChannelFaceToFace       = "BUSICOUPON_SEND_CHANNEL_FTOF"
	ChannelMemberCard       = "BUSICOUPON_SEND_CHANNEL_MEMBERCARD_ACT"
	ChannelHall             = "BUSICOUPON_SEND_CHANNEL_HALL"
	ChannelJSAPI            = "BUSICOUPON_SEND_CHANNEL_JSAPI"
	ChannelMiniAppLive      = "BUSICOUPON_SEND_CHANNEL_MINI_APP_LIVE"
	ChannelSearch           = "BUSICOUPON_SEND_CHANNEL_WECHAT_SEARCH"
	ChannelPayHasDiscount   = "BUSICOUPON_SEND_CHANNEL_PAY_HAS_DISCOUNT"
	ChannelAd               = "BUSICOUPON_SEND_CHANNEL_WECHAT_AD"
	ChannelRightsPlatform   = "BUSICOUPON_SEND_CHANNEL_RIGHTS_PLATFORM"
	ChannelReceiveMoneyGift = "BUSICOUPON_SEND_CHANNEL_RECEIVE_MONEY_GIFT"
	ChannelMemberPayRight   = "BUSICOUPON_SEND_CHANNEL_MEMBER_PAY_RIGHT"
	ChannelSmartRetail      = "BUSICOUPON_SEND_CHANNEL_BUSI_SMART_RETAIL"
	ChannelFinderLiveRoom   = "BUSICOUPON_SEND_CHANNEL_FINDER_LIVEROOM"
)

// CouponSend says that a user got a merchant coupon (busifavor 11.3).
type CouponSend struct {
	// EventType is EventBusiCouponSend.
	EventType  string      `json:"event_type" title:"业务细分事件类型" rule:"required chars=1..32"`
	CouponCode string      `json:"coupon_code" title:"券code" rule:"required"`
	StockID    string      `json:"stock_id" title:"批次号" rule:"required"`
	SendTime   schema.Time `json:"send_time" title:"发放时间" rule:"required"`
	// OpenID and UnionID are the user's under the notify_appid of the stock; empty when
	// it has none.
	OpenID  string `json:"openid" title:"用户标识" rule:"required"`
	UnionID string `json:"unionid" title:"用户统一标识" rule:"required"`
	// SendChannel is one of the channels above.
	SendChannel  string     `json:"send_channel" title:"发放渠道" rule:"required"`
	SendMerchant string     `json:"send_merchant" title:"发券商户号" rule:"required"`
	AttachInfo   AttachInfo `json:"attach_info,omitzero" title:"发券附加信息"`
	// SendReqNo is the request number of the issue; seen live, undocumented.
	SendReqNo string `json:"send_req_no,omitempty" title:"发券凭证"`
}

// AttachInfo is what a channel adds. Which fields there are depends on the channel; most
// add nothing, and then it is left out. Receivers have also seen an empty string in its place.
type AttachInfo struct {
	// TransactionID and ActCode come with ChannelPayGift, ActCode also with ChannelHall.
	TransactionID string `json:"transaction_id,omitempty" title:"交易订单编号"`
	ActCode       string `json:"act_code,omitempty" title:"活动编号"`
	// HallCode and HallBelongMchID come with ChannelHall.
	HallCode        string `json:"hall_code,omitempty" title:"营销馆ID"`
	HallBelongMchID int64  `json:"hall_belong_mch_id,omitempty" title:"营销馆所属商户号"`
	// CardID, Code and ActivityID come with ChannelMemberCard.
	CardID     string `json:"card_id,omitempty" title:"会员卡ID"`
	Code       string `json:"code,omitempty" title:"会员卡code"`
	ActivityID string `json:"activity_id,omitempty" title:"会员活动ID"`
}

// plainAttachInfo has the fields without the method.
type plainAttachInfo AttachInfo

// UnmarshalJSON implements json.Unmarshaler. An object may also travel inside a string;
// what is neither, such as the empty string, is nothing.
func (a *AttachInfo) UnmarshalJSON(text []byte) error {
	*a = AttachInfo{}
	var quoted string
	if json.Unmarshal(text, &quoted) == nil {
		text = []byte(quoted)
	}
	if !bytes.HasPrefix(text, []byte("{")) {
		return nil
	}
	if err := json.Unmarshal(text, (*plainAttachInfo)(a)); err != nil {
		return fmt.Errorf("notify: attach_info: %w", err)
	}
	return nil
}

package notify_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/wire/notify"
	"github.com/favord/favord/wire/schema"
)

const key = "TESTONLYapiv3key0123456789ABCDEF"

func box(t *testing.T, key string) *apiv3.Box {
	t.Helper()
	b, err := apiv3.NewBox([]byte(key))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// decoded is the struct of an event type.
func decoded(eventType string) any {
	switch eventType {
	case notify.CouponSent:
		return &notify.CouponSend{}
	case notify.CouponUsed:
		return &notify.CouponUse{}
	}
	return nil
}

// TestTheVectorsOpenAndComeBackByteForByte: what others sealed opens, and our structs
// lose nothing of it.
func TestTheVectorsOpenAndComeBackByteForByte(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../apiv3/testdata/notifications.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Cases []struct {
			Name    string
			APIKey  string `json:"api_key"`
			Request struct {
				BodyText string `json:"body_text"`
			}
			Plaintext string `json:"plaintext_text"`
			Expect    struct{ Reason string }
		}
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Cases) < 8 {
		t.Fatalf("only %d vectors", len(file.Cases))
	}
	for _, c := range file.Cases {
		var e notify.Envelope
		if err := json.Unmarshal([]byte(c.Request.BodyText), &e); err != nil {
			t.Fatalf("%s: %v", c.Name, err)
		}
		if again := marshal(t, e); again != c.Request.BodyText {
			t.Errorf("%s: the envelope comes back as %s, was %s", c.Name, again, c.Request.BodyText)
		}
		opened, err := e.Resource.Open(box(t, c.APIKey))
		if c.Expect.Reason == "decryption" {
			if !errors.Is(err, apiv3.ErrBox) {
				t.Errorf("%s: opened with %v", c.Name, err)
			}
			continue
		}
		if err != nil || string(opened) != c.Plaintext {
			t.Errorf("%s: %v, %s", c.Name, err, opened)
		}
		event := decoded(e.EventType)
		if event == nil {
			continue
		}
		if err := json.Unmarshal(opened, event); err != nil {
			t.Errorf("%s: %v", c.Name, err)
		}
		// One of them carries the object inside a string; we write it as an object.
		want := strings.ReplaceAll(strings.ReplaceAll(strings.ReplaceAll(c.Plaintext, `"{`, `{`), `}"`, `}`), `\"`, `"`)
		if again := marshal(t, event); again != want {
			t.Errorf("%s comes back as %s, was %s", c.Name, again, want)
		}
	}
}

func marshal(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestWhatIsSealedOpensWithTheSameKeyOnly(t *testing.T) {
	t.Parallel()
	at := schema.TimeOf(time.Unix(1795312800, 0))
	for _, kind := range notify.Kinds() {
		if known, ok := notify.KindOf(kind.EventType); !ok || known != kind {
			t.Errorf("%s is not found", kind.EventType)
		}
		e, err := kind.Seal(box(t, key), notify.Event{ID: "1", CreateTime: at, Resource: []byte(`{"a":1}`)})
		if err != nil {
			t.Fatal(err)
		}
		if e.ResourceType != notify.EncryptResource || e.Summary == "" || e.Resource.OriginalType == "" || e.Resource.AssociatedData == "" {
			t.Errorf("%s: %+v", kind.EventType, e)
		}
		if text, err := e.Resource.Open(box(t, key)); err != nil || !bytes.Equal(text, []byte(`{"a":1}`)) {
			t.Errorf("%s: %s, %v", kind.EventType, text, err)
		}
		if _, err := e.Resource.Open(box(t, strings.ToLower(key))); !errors.Is(err, apiv3.ErrBox) {
			t.Errorf("%s opens with another key: %v", kind.EventType, err)
		}
	}
	if _, known := notify.KindOf("PRODUCT_COUPON.SEND"); known {
		t.Error("an event that is never sent is known")
	}
}

// TestAttachInfoIsAnObjectAStringOrNothing as seen live (busifavor 11.3).
func TestAttachInfoIsAnObjectAStringOrNothing(t *testing.T) {
	t.Parallel()
	gift := notify.AttachInfo{TransactionID: "4200", ActCode: "7"}
	for text, want := range map[string]notify.AttachInfo{
		`""`:     {},
		`null`:   {},
		`"text"`: {},
		`{}`:     {},
		`[]`:     {},
		`{"transaction_id":"4200","act_code":"7"}`:                 gift,
		`"{\"transaction_id\":\"4200\",\"act_code\":\"7\"}"`:       gift,
		`{"act_code":"1","hall_code":"2","hall_belong_mch_id":19}`: {ActCode: "1", HallCode: "2", HallBelongMchID: 19},
	} {
		var e notify.CouponSend
		if err := json.Unmarshal([]byte(`{"attach_info":`+text+`}`), &e); err != nil {
			t.Errorf("%s: %v", text, err)
		}
		if diff := cmp.Diff(want, e.AttachInfo); diff != "" {
			t.Errorf("%s: %s", text, diff)
		}
	}
	if text := marshal(t, notify.CouponSend{}); strings.Contains(text, "attach_info") {
		t.Errorf("nothing is written as %s", text)
	}
	if text := marshal(t, notify.CouponSend{AttachInfo: gift}); !strings.Contains(text, `"attach_info":{"transaction_id":"4200","act_code":"7"}`) {
		t.Errorf("a gift is written as %s", text)
	}
	if err := json.Unmarshal([]byte(`{"hall_belong_mch_id":"x"}`), &notify.AttachInfo{}); err == nil {
		t.Error("a wrong type is accepted")
	}
}

// TestTheDeclarationsCompile: titles and rules are there for documents.
func TestTheDeclarationsCompile(t *testing.T) {
	t.Parallel()
	for _, o := range []*schema.Object{schema.Of[notify.Envelope](), schema.Of[notify.CouponSend](), schema.Of[notify.CouponUse](), schema.Of[notify.Echo]()} {
		if len(o.Fields) == 0 {
			t.Errorf("%s has no fields", o.Name)
		}
	}
}

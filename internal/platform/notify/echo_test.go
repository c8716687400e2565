package notify_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/base/lane"
	"github.com/favord/favord/internal/platform/notify"
	"github.com/favord/favord/internal/store/memstore"
	wire "github.com/favord/favord/wire/notify"
)

func TestAnEchoIsToldToItsURLOnce(t *testing.T) {
	t.Parallel()
	f := newFixture(t, memstore.New())
	if err := f.Echo(notify.EchoCommand{Owner: alice, URL: target, Message: "你好"}); err != nil {
		t.Fatal(err)
	}
	if got := f.receiver.deliveries(); len(got) != 0 {
		t.Errorf("%d were sent before the call was answered", len(got))
	}
	for range 2 {
		if _, err := f.Step(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	got := f.receiver.deliveries()
	if len(got) != 1 || got[0].url != target {
		t.Fatalf("it was sent as %+v", got)
	}
	var envelope wire.Envelope
	if err := json.Unmarshal([]byte(got[0].body), &envelope); err != nil {
		t.Fatal(err)
	}
	if envelope.EventType != wire.EchoSucceeded || envelope.Summary != "回调通知成功" || envelope.Resource.OriginalType != "security" {
		t.Errorf("the envelope is %+v", envelope)
	}
	box, err := apiv3.NewBox([]byte(apiKey))
	if err != nil {
		t.Fatal(err)
	}
	opened, err := envelope.Resource.Open(box)
	if string(opened) != `{"echo_message":"你好"}` || err != nil {
		t.Errorf("it opens to %s, %v", opened, err)
	}
}

func TestEchoesAreBoundedAndGoNowhereElse(t *testing.T) {
	t.Parallel()
	f := newFixture(t, memstore.New())
	if err := f.Echo(notify.EchoCommand{Owner: alice, URL: "https://10.0.0.1/"}); fault.Of(err).Kind != fault.Invalid {
		t.Errorf("an address inside is answered with %v", err)
	}
	most := 0
	for ; most < 1000; most++ {
		if err := f.Echo(notify.EchoCommand{Owner: alice, URL: target}); errors.Is(err, lane.ErrFull) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := f.Step(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := len(f.receiver.deliveries()); got != most || most == 1000 {
		t.Errorf("%d of %d were sent", got, most)
	}
	if err := f.Echo(notify.EchoCommand{Owner: alice, URL: target}); err != nil {
		t.Errorf("with room again: %v", err)
	}
}

func TestAnEchoWithoutAKeyIsNotSent(t *testing.T) {
	t.Parallel()
	f := newFixture(t, memstore.New())
	f.key = ""
	if err := f.Echo(notify.EchoCommand{Owner: alice, URL: target}); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Step(t.Context()); err != nil || len(f.receiver.deliveries()) > 0 {
		t.Errorf("%v, %d were sent", err, len(f.receiver.deliveries()))
	}
}

package example_test

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"math/big"
	"net/http"
	"strings"
	"testing"

	"github.com/favord/favord/client"
	"github.com/favord/favord/favordtest"
	"github.com/favord/favord/internal/server"
	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/example"
	"github.com/favord/favord/wire/favor"
	"github.com/favord/favord/wire/manage"
	"github.com/favord/favord/wire/media"
)

// shop is a new sandbox to which examples are sent.
type shop struct {
	t      *testing.T
	s      *favordtest.Sandbox
	values example.Values
}

func operation(t *testing.T, id string) *wire.Operation {
	t.Helper()
	for _, op := range server.Operations() {
		if op.ID == id {
			return &op
		}
	}
	t.Fatalf("there is no operation %s", id)
	return nil
}

func digits(n int) string {
	drawn, err := rand.Int(rand.Reader, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil))
	if err != nil {
		panic(err)
	}
	return strings.Repeat("0", n-len(drawn.String())) + drawn.String()
}

// play prepares an example and sends it.
func (p *shop) play(e *example.Example) {
	p.t.Helper()
	p.values = example.Values{
		MchID: p.s.MchID, AppID: p.s.AppID, OpenID: p.s.OpenID, Now: p.s.Now(), Digits: digits, Kept: map[string]string{},
	}
	p.prepare(e)
	p.send(e)
}

// send sends an example and checks its status.
func (p *shop) send(e *example.Example) []byte {
	p.t.Helper()
	op := operation(p.t, e.Operation)
	if e.File != nil {
		uploaded, err := p.s.Client().Media().UploadImage(p.t.Context(), &media.UploadImageRequest{
			Meta: media.ImageMeta{Filename: "example.png"}, File: e.File,
		})
		if err != nil {
			p.t.Fatal(err)
		}
		return []byte(uploaded.MediaURL)
	}
	r := e.Request(op, &p.values)
	call := client.Call{Method: r.Method, Target: r.Target, Body: r.Body, Header: http.Header{}, Unsigned: op.ID == favor.DownloadFlow}
	for _, h := range r.Header {
		call.Header.Set(h[0], h[1])
	}
	if e.Serial {
		call.Header.Set("Wechatpay-Serial", p.s.PublicKeyID)
	}
	response, err := p.s.Client().Send(p.t.Context(), call)
	if err != nil {
		p.t.Fatalf("%s %s\n%s\n%v", r.Method, r.Target, r.Body, err)
	}
	if response.Status != op.Success {
		p.t.Fatalf("%s: %d, want %d", e.Operation, response.Status, op.Success)
	}
	return response.Body
}

// prepare does what comes before an example.
func (p *shop) prepare(e *example.Example) {
	p.t.Helper()
	for i := range e.Before {
		step := &e.Before[i]
		if step.Advance > 0 {
			p.s.Advance(step.Advance)
			continue
		}
		answer := p.send(&step.Call)
		if step.Keep == "" {
			continue
		}
		value, is := example.Pick(answer, step.From)
		if !is {
			p.t.Fatalf("the answer of %s has no %s: %s", step.Call.Operation, step.From, answer)
		}
		p.values.Kept[step.Keep] = value
	}
}

func TestEveryOperationHasAnExampleThatWorksAgainstANewSandbox(t *testing.T) {
	t.Parallel()
	for _, op := range server.Operations() {
		t.Run(op.ID, func(t *testing.T) {
			t.Parallel()
			one, is := example.Of(op.ID)
			if !is {
				t.Fatal("there is none")
			}
			p := shop{t: t, s: favordtest.Start(t)}
			p.play(&one)
			if one.Moves() {
				p.s.SetClock(manage.SetClockRequest{Action: "RESUME"})
			}
			p.play(&one) // what is printed twice works twice
		})
	}
}

func TestEveryFieldThatAnExampleNamesExists(t *testing.T) {
	t.Parallel()
	for _, e := range example.All() {
		op := operation(t, e.Operation)
		known := map[string]bool{}
		if op.Request != nil {
			for _, f := range op.Request.Fields {
				known[f.Name] = true
			}
		}
		for name := range e.Parameters {
			if !known[name] {
				t.Errorf("%s has no parameter %s", e.Operation, name)
			}
		}
		v := example.Documented()
		var body map[string]any
		if text := e.Request(op, &v).Body; text != nil {
			if err := json.Unmarshal(text, &body); err != nil {
				t.Errorf("%s: %v", e.Operation, err)
			}
		}
		for name := range body {
			if !known[name] {
				t.Errorf("the body of %s has no field %s", e.Operation, name)
			}
		}
		if shown := string(e.Request(op, &v).Body) + e.Request(op, &v).Target; strings.Contains(shown, "$") {
			t.Errorf("%s has a placeholder that documents leave open: %s", e.Operation, shown)
		}
	}
}

// What a shell is to fill in must be all that it sees in a body.
func TestBodiesHaveNothingElseThatAShellWouldChange(t *testing.T) {
	t.Parallel()
	for _, e := range example.All() {
		v := example.Documented()
		v.Kept = nil
		body := string(e.Request(operation(t, e.Operation), &v).Body)
		for _, name := range e.Kept() {
			body = strings.ReplaceAll(body, "${"+name+"}", "")
		}
		if strings.ContainsAny(body, "$`\\") {
			t.Errorf("%s: %s", e.Operation, body)
		}
	}
}

func TestAValueIsPickedFromAnAnswer(t *testing.T) {
	t.Parallel()
	answer := []byte(`{"a":{"b":[{"c":"x"},{"c":7}]},"url":"https://h/p?token=t%2Fu&x=1","n":12345678901234567890,"z":null}`)
	for path, want := range map[string]string{
		"a.b.0.c": "x", "a.b.1.c": "7", "url?token": "t/u", "n": "12345678901234567890", "a.b.1": `{"c":7}`,
	} {
		if got, is := example.Pick(answer, path); !is || got != want {
			t.Errorf("%s: %q %v, want %q", path, got, is, want)
		}
	}
	for _, path := range []string{"", "b", "a.b.2", "a.b.-1", "a.b.x", "z", "url?nothing", "a?b", "n.m"} {
		if got, is := example.Pick(answer, path); is {
			t.Errorf("%s: %q", path, got)
		}
	}
	if _, is := example.Pick([]byte("no JSON"), "a"); is {
		t.Error("a text has a member")
	}
}

func TestNumbersWithANameAreTheSameAndOthersAreNot(t *testing.T) {
	t.Parallel()
	one, is := example.Of("busifavor.subsidy.return")
	if !is {
		t.Fatal(errors.New("no example"))
	}
	v := example.Documented()
	v.Digits = digits
	op := operation(t, one.Operation)
	read := func() (transaction, number string) {
		var body struct {
			TransactionID      string `json:"transaction_id"`
			OutSubsidyReturnNo string `json:"out_subsidy_return_no"`
		}
		if err := json.Unmarshal(one.Request(op, &v).Body, &body); err != nil {
			t.Fatal(err)
		}
		return body.TransactionID, body.OutSubsidyReturnNo
	}
	transaction, number := read()
	again, other := read()
	if transaction != again || number == other || len(transaction) != 28 || !strings.HasPrefix(transaction, "4200") {
		t.Errorf("%s %s, then %s %s", transaction, number, again, other)
	}
}

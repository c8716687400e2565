package scenario

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/favord/favord/client"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/wire/manage"
)

// Stage is where a scenario is played.
type Stage struct {
	// Client calls as the merchant, Manage the management port.
	Client *client.Client
	Manage *client.Management
	// Vars are the variables that every scenario has: mchid, appid, openid and so on.
	Vars map[string]string
	// Run begins the request numbers of this run, so that it can be repeated in the same
	// sandbox; letters and digits.
	Run string
	// Done hears of every step that went as expected.
	Done func(Outcome)
}

// Outcome is how a step went.
type Outcome struct {
	Number int
	Name   string
	// Result is what came back, in a few words.
	Result string
}

// player plays one scenario.
type player struct {
	Stage
	values
	told   int
	number int
}

// Play plays a scenario up to the first thing that is not as expected, which is the error: a
// fault with its line and column.
func (s *Scenario) Play(ctx context.Context, file string, stage Stage) error {
	p := &player{Stage: stage}
	p.values = values{
		parser: parser{file: file}, known: map[string]any{"run": stage.Run},
		fresh: func() string {
			p.number++
			return stage.Run + strconv.Itoa(p.number)
		},
		now: func() (time.Time, error) {
			c, err := stage.Manage.Clock(ctx, &manage.GetClockRequest{MchID: stage.Vars["mchid"]})
			if err != nil {
				return time.Time{}, err
			}
			return c.BusinessTime.Time, nil
		},
	}
	for name, value := range stage.Vars {
		p.known[name] = value
	}
	if err := p.prepare(ctx, s); err != nil {
		return err
	}
	for i := range s.Steps {
		if err := p.step(ctx, &s.Steps[i]); err != nil {
			return err
		}
	}
	return nil
}

// tell reports a step.
func (p *player) tell(name, result string) {
	p.told++
	if p.Done != nil {
		p.Done(Outcome{Number: p.told, Name: name, Result: result})
	}
}

func (p *player) step(ctx context.Context, s *step) error {
	switch {
	case s.clock != nil:
		return p.clock(ctx, s)
	case s.fault != nil:
		return p.fault(ctx, s)
	}
	var result string
	for range s.call.times {
		var err error
		if result, err = p.call(ctx, s.call); err != nil {
			return err
		}
	}
	name := s.name
	if name == "" {
		name = s.call.method + " " + s.call.path.node.Value
	}
	p.tell(name, result)
	return nil
}

// call makes a call and holds its answer to what is expected.
func (p *player) call(ctx context.Context, c *call) (string, error) {
	path, err := p.text(c.path)
	if err != nil {
		return "", err
	}
	var body []byte
	if c.body != nil {
		value, err := p.resolve(c.body)
		if err != nil {
			return "", err
		}
		if body, err = json.Marshal(value); err != nil {
			return "", fmt.Errorf("encode body: %w", err)
		}
	}
	status, text, err := p.send(ctx, c, path, body)
	switch {
	case c.expect.lost && err != nil:
		return "lost", nil //nolint:nilerr // it is what was expected
	case c.expect.lost:
		return "", p.wrong(c.path.node, "收到了可信的应答，预期没有", "a trusted answer came, where none was expected")
	case err != nil:
		return "", p.wrong(c.path.node, "请求失败："+err.Error(), "the call failed: "+err.Error())
	}
	return p.check(c, status, text)
}

// send makes a call on the port that it is for.
func (p *player) send(ctx context.Context, c *call, path string, body []byte) (int, []byte, error) {
	do := p.Client.Do
	if c.managed {
		do = p.Manage.Do
	}
	response, err := do(ctx, c.method, path, body)
	if refused := new(client.APIError); response != nil && errors.As(err, &refused) {
		err = nil // an expected answer like any other
	}
	if err != nil {
		return 0, nil, err
	}
	return response.Status, response.Body, nil
}

// check compares an answer with what is expected and keeps what is to be saved.
func (p *player) check(c *call, status int, text []byte) (string, error) {
	var answer any
	if len(text) > 0 {
		d := json.NewDecoder(strings.NewReader(string(text)))
		d.UseNumber()
		if err := d.Decode(&answer); err != nil {
			answer = string(text)
		}
	}
	code, _ := at(answer, "code")
	result := strconv.Itoa(status)
	if code != nil {
		result += fmt.Sprintf(" %v", code)
	}
	if want := c.expect.String(); !c.expect.fits(status, code) {
		return "", p.wrong(c.path.node,
			fmt.Sprintf("应答为 %s，期望 %s\n%s", result, want, text), fmt.Sprintf("the answer is %s, expected %s\n%s", result, want, text))
	}
	if err := p.checkBody(c, answer); err != nil {
		return "", err
	}
	for _, save := range c.save {
		value, found := at(answer, save.value.Value)
		if !found {
			return "", p.wrong(save.value, "应答没有“"+save.value.Value+"”", "the answer has no "+save.value.Value)
		}
		p.known[save.name] = value
	}
	return result, nil
}

// fits reports whether an answer has the status and the code that are expected. Without a
// status it is a success, or the code alone decides.
func (e *expectation) fits(status int, code any) bool {
	switch {
	case e.status != 0 && status != e.status, e.code != "" && code != e.code:
		return false
	case e.status == 0 && e.code == "":
		return status >= 200 && status < 300
	}
	return true
}

func (e *expectation) String() string {
	status := "2xx"
	if e.status != 0 {
		status = strconv.Itoa(e.status)
	} else if e.code != "" {
		status = ""
	}
	return strings.TrimSpace(status + " " + e.code)
}

// shown prints a value in a message.
func shown(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(text)
}

// checkBody compares fields of an answer: null stands for absence, * for any value.
func (p *player) checkBody(c *call, answer any) error {
	for _, field := range c.expect.body {
		want, err := p.resolve(field.value)
		if err != nil {
			return err
		}
		got, found := at(answer, field.name)
		if want == nil && !found || want == "*" && found || found && same(want, got) {
			continue
		}
		is := "-"
		if found {
			is = shown(got)
		}
		return p.wrong(field.value,
			fmt.Sprintf("字段 %s 为 %s，期望 %s", field.name, is, shown(want)), fmt.Sprintf("%s is %s, expected %s", field.name, is, shown(want)))
	}
	return nil
}

// refused turns the refusal of a management call into a fault at its place.
func (p *player) refused(at text, err error) error {
	if refusal := new(client.APIError); errors.As(err, &refusal) {
		return p.wrong(at.node, refusal.Message, refusal.Message)
	}
	return errors.Join(fault.New(fault.Refused, "沙箱没有应答："+err.Error(), "The sandbox does not answer: "+err.Error()), err)
}

// Package record writes calls that were made, and what was set about the sandbox between them, as a
// scenario that does it again, in another sandbox and at another time: what the platform chose is
// saved from its answer, request numbers are new ones, and times are told from when they are used. It
// is pure.
package record

import (
	"bytes"
	"fmt"
	"net/url"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// Call is a call that was made, with its answer.
type Call struct {
	// Name says what the call does, such as the id of its operation.
	Name string
	// Method is GET, POST, PATCH or DELETE; Target is path and query.
	Method, Target string
	// Body and Answer are JSON, or empty.
	Body, Answer []byte
	Status       int
	// At is when it came, in business time.
	At time.Time
	// Lost says that its caller got no answer that it could trust.
	Lost bool
	// Control is clock or fault for a step that is no call but sets the sandbox: Body is what it
	// says, as JSON.
	Control string
}

// Methods lists the methods that a scenario knows.
func Methods() []string { return []string{"GET", "POST", "PATCH", "DELETE"} }

// Scenario is what is written.
type Scenario struct {
	Name string
	// Known are the variables of every scenario, by the value that they stand for, such as the mchid.
	Known map[string]string
	Calls []Call
}

// recorder writes one scenario.
type recorder struct {
	// known has the expression of each value that is not to be written as it is.
	known map[string]string
	// names are the variables that are taken.
	names map[string]bool
	vars  *yaml.Node
	// sent are the values that were sent before, of which no answer is the origin.
	sent map[string]bool
}

// YAML returns the scenario as a file that `favord scenario run` plays.
func (s *Scenario) YAML() (string, error) {
	r := &recorder{known: map[string]string{}, names: map[string]bool{}, sent: map[string]bool{}, vars: mapping()}
	for value, name := range s.Known {
		r.known[value], r.names[name] = "${"+name+"}", true
	}
	calls := make([]parsed, len(s.Calls))
	for i := range s.Calls {
		calls[i] = parse(&s.Calls[i])
	}
	steps := &yaml.Node{Kind: yaml.SequenceNode}
	for i := range calls {
		r.number(&calls[i])
		r.note(&calls[i])
		steps.Content = append(steps.Content, r.step(&calls[i], calls[i+1:]))
	}
	root := mapping("name", text(s.Name))
	if len(r.vars.Content) > 0 {
		root.Content = append(root.Content, text("vars"), r.vars)
	}
	root.Content = append(root.Content, text("steps"), steps)
	var out bytes.Buffer
	e := yaml.NewEncoder(&out)
	e.SetIndent(2)
	if err := e.Encode(root); err != nil {
		return "", fmt.Errorf("write scenario: %w", err)
	}
	return out.String(), nil
}

// parsed is a call in its parts.
type parsed struct {
	*Call
	// path are the segments of the path, query its parts between ampersands, both as sent.
	path, query []string
	body        *yaml.Node
	answer      *yaml.Node
}

func parse(c *Call) parsed {
	path, query, _ := strings.Cut(c.Target, "?")
	p := parsed{Call: c, path: strings.Split(path, "/"), body: tree(c.Body), answer: tree(c.Answer)}
	if query != "" {
		p.query = strings.Split(query, "&")
	}
	return p
}

// uses reports whether a call sends a value.
func (p *parsed) uses(value string) bool {
	for _, segment := range p.path {
		if plain, err := url.PathUnescape(segment); err == nil && plain == value {
			return true
		}
	}
	for _, pair := range p.query {
		if _, sent, _ := strings.Cut(pair, "="); sent == url.QueryEscape(value) {
			return true
		}
	}
	found := false
	walk(p.body, "", func(_ string, leaf *yaml.Node) { found = found || leaf.Value == value })
	return found
}

// isNumber reports whether a field numbers a call, so that a repeat of the scenario needs another one.
func isNumber(path string) bool {
	name := path[strings.LastIndex(path, ".")+1:]
	return strings.HasSuffix(name, "request_no") || name == "refund_id" || name == "transaction_id" || name == "out_trade_no"
}

// number makes variables of the numbers that a call sends for the first time. A number that was sent
// before is the same again.
func (r *recorder) number(p *parsed) {
	walk(p.body, "", func(path string, leaf *yaml.Node) {
		if _, known := r.known[leaf.Value]; known || leaf.Tag != tagText || leaf.Value == "" || !isNumber(path) {
			return
		}
		name := r.fresh(fmt.Sprint("no", len(r.vars.Content)/2+1)) // ${number} itself is a new one each time
		r.known[leaf.Value] = "${" + name + "}"
		r.vars.Content = append(r.vars.Content, text(name), text("${number}"))
	})
}

// note remembers what a call sends.
func (r *recorder) note(p *parsed) {
	for _, segment := range p.path {
		if plain, err := url.PathUnescape(segment); err == nil {
			r.sent[plain] = true
		}
	}
	for _, pair := range p.query {
		_, value, _ := strings.Cut(pair, "=")
		if plain, err := url.QueryUnescape(value); err == nil {
			r.sent[plain] = true
		}
	}
	walk(p.body, "", func(_ string, leaf *yaml.Node) { r.sent[leaf.Value] = true })
}

// fresh is a variable's name that is not taken.
func (r *recorder) fresh(name string) string {
	free := name
	for n := 2; r.names[free]; n++ {
		free = fmt.Sprint(name, n)
	}
	r.names[free] = true
	return free
}

// step writes a call, and saves what those that follow need of its answer.
func (r *recorder) step(p *parsed, following []parsed) *yaml.Node {
	walk(p.body, "", func(_ string, leaf *yaml.Node) {
		if leaf.Tag == tagText {
			leaf.Value = r.expression(leaf.Value, p.At)
		}
	})
	if p.Control != "" {
		return mapping(p.Control, p.body)
	}
	step := mapping("name", text(p.Name), strings.ToLower(p.Method), text(r.target(p)))
	if p.body != nil {
		step.Content = append(step.Content, text("body"), p.body)
	}
	if p.Lost {
		lost := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: "true"}
		step.Content = append(step.Content, text("expect"), mapping("lost", lost))
		return step
	}
	expect := mapping("status", &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: fmt.Sprint(p.Status)})
	const refused = 300
	walk(p.answer, "", func(path string, leaf *yaml.Node) {
		if path == "code" && p.Status >= refused {
			expect.Content = append(expect.Content, text("code"), text(leaf.Value))
		}
	})
	step.Content = append(step.Content, text("expect"), expect)
	if saved := r.save(p, following); len(saved.Content) > 0 {
		step.Content = append(step.Content, text("save"), saved)
	}
	return step
}

// save names the values of an answer that later calls send, and nobody before.
func (r *recorder) save(p *parsed, following []parsed) *yaml.Node {
	saved := mapping()
	walk(p.answer, "", func(path string, leaf *yaml.Node) {
		const shortest = 6
		if _, known := r.known[leaf.Value]; known || r.sent[leaf.Value] || len(leaf.Value) < shortest || leaf.Tag != tagText {
			return
		}
		for i := range following {
			if !following[i].uses(leaf.Value) {
				continue
			}
			name := r.fresh(path[strings.LastIndex(path, ".")+1:])
			r.known[leaf.Value] = "${" + name + "}"
			saved.Content = append(saved.Content, text(name), text(path))
			return
		}
	})
	return saved
}

// target writes path and query with variables.
func (r *recorder) target(p *parsed) string {
	path, query := make([]string, len(p.path)), make([]string, len(p.query))
	for i, segment := range p.path {
		path[i] = segment
		if plain, err := url.PathUnescape(segment); err == nil && r.known[plain] != "" {
			path[i] = r.known[plain]
		}
	}
	for i, pair := range p.query {
		query[i] = pair
		name, sent, _ := strings.Cut(pair, "=")
		if plain, err := url.QueryUnescape(sent); err == nil && r.known[plain] != "" {
			query[i] = name + "=" + r.known[plain]
		}
	}
	if len(query) == 0 {
		return strings.Join(path, "/")
	}
	return strings.Join(path, "/") + "?" + strings.Join(query, "&")
}

// expression is what stands for a value: a variable, for a time the span from now, else itself.
func (r *recorder) expression(value string, now time.Time) string {
	if known := r.known[value]; known != "" {
		return known
	}
	at, err := time.Parse(time.RFC3339, value)
	if err != nil {
		return value
	}
	span := at.Sub(now).Round(time.Second).String()
	if !strings.HasPrefix(span, "-") {
		span = "+" + span
	}
	return "${now" + span + "}"
}

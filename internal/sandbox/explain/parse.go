package explain

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/internal/base/fault"
)

// methodPost is how notifications are sent. The package is pure, and HTTP is not.
const methodPost = "POST"

// MaxInput is the longest text that is read, in bytes.
const MaxInput = 2 << 20

// Input is what a text turned out to be: one of the two.
type Input struct {
	Request  *Request
	Delivery *Delivery
}

// Merchant returns the mchid that a request names, "" when none can be read.
func (in Input) Merchant() string {
	if in.Request == nil {
		return ""
	}
	a, wrong := readAuthorization(in.Request)
	if wrong != nil {
		return ""
	}
	return a.Identity
}

// Parse reads a request or a notification in any of the forms in which people have them:
// what `curl -v` prints, a request of HTTP as text, an entry of the journal as JSON; for a
// notification the request as text, its body, or the sealed resource alone. What it cannot
// read it refuses in one sentence.
func Parse(text []byte) (Input, error) {
	switch {
	case len(text) > MaxInput:
		return Input{}, fault.New(fault.TooLarge,
			fmt.Sprintf("内容超过 %d 字节", MaxInput), fmt.Sprintf("The text has more than %d bytes.", MaxInput))
	case len(bytes.TrimSpace(text)) == 0:
		return Input{}, fault.New(fault.Invalid, "内容为空", "The text is empty.")
	}
	if trimmed := bytes.TrimSpace(bytes.TrimPrefix(text, []byte("\ufeff"))); trimmed[0] == '{' {
		return parseDocument(trimmed)
	}
	if address := bytes.TrimSpace(text); regexp.MustCompile(`^https?://\S+$`).Match(address) { // a link
		text = append([]byte("GET "), address...)
	}
	var r *Request
	var err error
	if line := regexp.MustCompile(`(?m)^> [A-Z]+ \S+( HTTP/[0-9.]+)?\r?$`); line.Match(text) {
		r, err = parseCurl(string(text))
	} else {
		r, err = parseHTTP(text)
	}
	if err != nil {
		return Input{}, err
	}
	return sort(r), nil
}

// sort tells requests from notifications, which carry the platform's signature, or have lost it
// but not what is sealed.
func sort(r *Request) Input {
	signed := len(values(r.Header, apiv3.HeaderSignature))+len(values(r.Header, apiv3.HeaderNonce))+len(values(r.Header, apiv3.HeaderTimestamp)) > 0
	if len(values(r.Header, "Authorization")) == 0 && (signed || r.Method == methodPost && isNotification(r.Body)) {
		return Input{Delivery: &Delivery{Header: r.Header, Body: r.Body, Received: r.Received}}
	}
	return Input{Request: r}
}

// isNotification reports whether a body is the envelope of a notification.
func isNotification(body []byte) bool {
	var e struct {
		EventType string    `json:"event_type"`
		Resource  *resource `json:"resource"`
	}
	return json.Unmarshal(bytes.TrimPrefix(body, []byte("\ufeff")), &e) == nil && e.EventType != "" && e.Resource != nil
}

// errGarbage refuses what is none of the forms.
func errGarbage(line string) error {
	return fault.New(fault.Invalid,
		fmt.Sprintf("无法识别的内容：第一行应为“方法 路径 HTTP/1.1”，而不是 %q；也可以是 curl -v 的输出、请求日志的JSON或通知的包体", cut(line)),
		fmt.Sprintf("The text is none that is known: it should begin with a request line such as “GET /v3/certificates HTTP/1.1”, not with %q; the output of curl -v, an entry of the journal as JSON and the body of a notification will do, too.", cut(line)))
}

// parseHTTP reads a request as text, with line ends of any kind in its head.
func parseHTTP(text []byte) (*Request, error) {
	text = bytes.TrimLeft(bytes.TrimPrefix(text, []byte("\ufeff")), "\r\n")
	line, rest, _ := bytes.Cut(text, []byte("\n"))
	method, target, err := requestLine(string(line))
	if err != nil {
		return nil, err
	}
	r := &Request{Method: method, Target: target}
	for number := 2; len(rest) > 0; number++ {
		line, rest, _ = bytes.Cut(rest, []byte("\n"))
		header := strings.TrimSuffix(string(line), "\r")
		if header == "" {
			break
		}
		if err := r.addHeader(header, number); err != nil {
			return nil, err
		}
	}
	r.setBody(rest)
	return r, nil
}

// requestLine reads method and target; a target with scheme and host loses them, as on the
// way to a server.
func requestLine(line string) (method, target string, err error) {
	words := strings.Fields(line)
	const fewest, most = 2, 3
	if len(words) < fewest || len(words) > most || !regexp.MustCompile(`^[A-Za-z]{3,7}$`).MatchString(words[0]) ||
		len(words) == most && !strings.HasPrefix(words[2], "HTTP/") {
		return "", "", errGarbage(line)
	}
	target = words[1]
	if u, err := url.Parse(target); err == nil && u.Host != "" {
		_, rest, _ := strings.Cut(target, "://")
		if slash := strings.IndexByte(rest, '/'); slash >= 0 {
			target = rest[slash:]
		} else {
			target = "/"
		}
	}
	if !strings.HasPrefix(target, "/") {
		return "", "", errGarbage(line)
	}
	return words[0], target, nil
}

func (r *Request) addHeader(line string, number int) error {
	name, value, found := strings.Cut(line, ":")
	if !found || name == "" || strings.ContainsAny(name, " \t") {
		return fault.New(fault.Invalid,
			fmt.Sprintf("第%d行不是请求头：%q", number, cut(line)), fmt.Sprintf("Line %d is no header: %q.", number, cut(line)))
	}
	r.Header = append(r.Header, Field{Name: name, Value: strings.Trim(value, " \t")})
	return nil
}

// setBody takes as much of a text as the headers say. Editors end a file with a line feed,
// which belongs to no body whose length is not stated.
func (r *Request) setBody(text []byte) {
	size, err := strconv.Atoi(first(r.Header, "Content-Length"))
	switch {
	case err != nil || size < 0:
		r.Body = bytes.TrimSuffix(bytes.TrimSuffix(text, []byte("\n")), []byte("\r"))
	case isNotification(text) && (size > len(text) || !isNotification(text[:size])): // somebody wrote it anew
		r.Body = text
	case size <= len(text):
		r.Body = text[:size]
	default:
		r.Body, r.Partial = text, true
	}
}

// parseCurl reads what `curl -v` prints: lines of the request begin with >, those of the
// answer with <. The body of the request is not among them.
func parseCurl(text string) (*Request, error) {
	var r *Request
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimSuffix(line, "\r")
		sent, isSent := strings.CutPrefix(line, "> ")
		if date, found := strings.CutPrefix(line, "< Date: "); found && r != nil {
			r.Received, _ = time.Parse("Mon, 02 Jan 2006 15:04:05 GMT", date) // an unknown time is none
		}
		switch {
		case !isSent || sent == "":
			continue
		case r == nil:
			method, target, err := requestLine(sent)
			if err != nil {
				return nil, err
			}
			r = &Request{Method: method, Target: target}
		default:
			if name, value, found := strings.Cut(sent, ":"); found {
				r.Header = append(r.Header, Field{Name: name, Value: strings.Trim(value, " \t")})
			}
		}
	}
	if size, err := strconv.Atoi(first(r.Header, "Content-Length")); err == nil && size > 0 {
		r.Partial = true
	}
	return r, nil
}

// document is an entry of the journal, as `favord logs show -o json` prints it.
type document struct {
	Request *struct {
		Method     string `json:"method"`
		Target     string `json:"target"`
		ReceivedMS int64  `json:"received_ms"`
	} `json:"request"`
	Headers    []Field `json:"headers"`
	Body       string  `json:"body"`
	BodyBase64 string  `json:"body_base64"`
	BodySize   int     `json:"body_size"`
}

// parseDocument reads JSON: an entry of the journal, or something sealed.
func parseDocument(text []byte) (Input, error) {
	var d document
	if err := json.Unmarshal(text, &d); err != nil {
		return Input{}, fault.New(fault.Invalid,
			fmt.Sprintf("JSON有误：%v", err), fmt.Sprintf("The JSON is wrong: %v.", err))
	}
	if d.Request == nil || d.Request.Method == "" {
		if sealed(text) == nil {
			return Input{}, fault.New(fault.Invalid,
				"这段JSON既不是请求日志，也不是通知的包体（没有 resource）",
				"The JSON is neither an entry of the journal nor the body of a notification, which has a resource.")
		}
		return Input{Delivery: &Delivery{Body: text}}, nil
	}
	body := []byte(d.Body)
	if d.BodyBase64 != "" {
		var err error
		if body, err = base64.StdEncoding.DecodeString(d.BodyBase64); err != nil {
			return Input{}, fault.New(fault.Invalid, "body_base64 不是base64", "body_base64 is not base64.")
		}
	}
	return sort(&Request{
		Method: d.Request.Method, Target: d.Request.Target, Header: d.Headers, Body: body,
		Partial: d.BodySize > len(body), Received: time.UnixMilli(d.Request.ReceivedMS),
	}), nil
}

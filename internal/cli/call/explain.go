package call

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"

	"github.com/favord/favord/client"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/internal/sandbox"
	"github.com/favord/favord/internal/sandbox/explain"
	"github.com/favord/favord/wire/manage"
)

// Explain says in one sentence why a signed request was refused, or why a
// notification does not open.
type Explain struct {
	term.Managed
	What       string `arg:"" optional:"" default:"last" help:"explainwhat"`
	Body       string `help:"explainbody" placeholder:"FILE"`
	Signed     string `help:"explainsigned" placeholder:"FILE"`
	APIKeyFile string `name:"apiv3-key-file" help:"explainkey" placeholder:"FILE" type:"path"`
	Verbose    bool   `short:"v" help:"explainverbose"`
}

// ExplainTexts are the help of the command that explains refusals, in Chinese and English, by their keys.
func ExplainTexts() map[string][2]string {
	return map[string][2]string{
		"explain":        {"用一句话说明请求的签名为何被拒绝，或通知为何无法解密", "Explain in one sentence why a signature was refused or why a notification does not decrypt."},
		"explainwhat":    {"请求编号（应答头 Request-ID）、last（最近被拒绝的请求，缺省）、文件或“-”（标准输入）；文件可以是 curl -v 的输出、HTTP请求原文、favord logs show -o json 的输出、通知的包体", "The Request-ID of an answer, last for the last request that was refused (the default), a file, or - for standard input; a file may have the output of curl -v, a request of HTTP, what favord logs show -o json prints, or the body of a notification."},
		"explainbody":    {"请求包体文件，curl -v 的输出中没有包体", "File with the body, which curl -v does not print."},
		"explainsigned":  {"客户端打印出的签名串的文件", "File with the message that your client says it signs."},
		"explainkey":     {"接收方使用的APIv3密钥的文件", "File with the APIv3 key that your receiver uses."},
		"explainverbose": {"同时打印应签名的内容和实际签名的内容", "Also print the message that should have been signed and the one that was."},
	}
}

// Run implements the command.
func (e *Explain) Run(c *term.Command) error {
	req, content, err := e.request(c)
	if err != nil {
		return err
	}
	caller, err := e.Client(c)
	if errors.Is(err, sandbox.ErrNotRunning) && req.APIv3Key != "" {
		return e.alone(c, content, req.APIv3Key)
	}
	if err != nil {
		return err
	}
	answer, err := caller.Explain(c.Ctx, req)
	if refused := new(client.APIError); errors.As(err, &refused) && refused.Message != "" {
		c.Say("%s  %s", "%s  %s", refused.Code, refused.Message)
		return term.ErrReported
	}
	if err != nil {
		return err
	}
	return e.print(c, content, answer)
}

// request gathers what is asked, and the text of a file.
func (e *Explain) request(c *term.Command) (req *manage.ExplainRequest, content []byte, err error) {
	req = &manage.ExplainRequest{}
	isID := regexp.MustCompile(`^[0-9A-Fa-f]{20,60}-[0-9]{1,10}$`).MatchString(e.What)
	_, missing := os.Stat(e.What)
	switch {
	case strings.HasPrefix(e.What, "http://") || strings.HasPrefix(e.What, "https://"):
		content = []byte(e.What)
		req.Content = base64.StdEncoding.EncodeToString(content)
	case e.What == "last" && missing != nil || isID && missing != nil:
		req.RequestID = e.What
	case e.What != "-" && missing != nil:
		return nil, nil, fault.New(fault.Refused,
			fmt.Sprintf("%s 既不是文件，也不是请求编号", e.What), fmt.Sprintf("%s is neither a file nor a request id.", e.What))
	default:
		if content, err = readInput(c, e.What); err != nil {
			return nil, nil, err
		}
		if _, err := explain.Parse(content); err != nil {
			return nil, nil, err
		}
		req.Content = base64.StdEncoding.EncodeToString(content)
	}
	for _, beside := range []struct {
		name string
		into *string
	}{{e.Body, &req.Body}, {e.Signed, &req.Signed}} {
		if beside.name == "" {
			continue
		}
		text, err := readInput(c, beside.name)
		if err != nil {
			return nil, nil, err
		}
		*beside.into = base64.StdEncoding.EncodeToString(text)
	}
	req.APIv3Key, err = e.key(c)
	return req, content, err
}

// key reads the APIv3 key, without the line end of an editor; "" without a file.
func (e *Explain) key(c *term.Command) (string, error) {
	if e.APIKeyFile == "" {
		return "", nil
	}
	key, err := readInput(c, e.APIKeyFile)
	return strings.TrimSuffix(strings.TrimSuffix(string(key), "\n"), "\r"), err
}

// readInput reads a file or standard input, up to the bound of explanations.
func readInput(c *term.Command, name string) ([]byte, error) {
	if name == "-" {
		return readBounded(c.In, name)
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, fault.New(fault.Refused, fmt.Sprintf("无法读取 %s：%v", name, err), fmt.Sprintf("%s cannot be read: %v.", name, err))
	}
	defer func() { _ = file.Close() }()
	return readBounded(file, name)
}

func readBounded(r io.Reader, name string) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(r, explain.MaxInput+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return text, nil
}

// alone explains a notification when no sandbox runs: with the key that was given, and no
// other.
func (e *Explain) alone(c *term.Command, content []byte, key string) error {
	in, err := explain.Parse(content)
	if err != nil {
		return err
	}
	if in.Delivery == nil || e.Signed != "" { // which takes the platform's keys
		return sandbox.ErrNotRunning
	}
	in.Delivery.Header, in.Delivery.APIKey = nil, key // nobody here knows the platform's keys
	f := explain.Opening(*in.Delivery, explain.Known{}, nil)
	answer := &manage.Explanation{SentenceZH: f.Text.ZH, SentenceEN: f.Text.EN, Plaintext: f.Plaintext}
	for _, cause := range f.Causes {
		answer.Causes = append(answer.Causes, string(cause))
	}
	return e.print(c, content, answer)
}

func (e *Explain) print(c *term.Command, content []byte, answer *manage.Explanation) error {
	sentence := c.Choose(answer.SentenceZH, answer.SentenceEN)
	if e.Output != "table" {
		at := []string{"", "", ""}
		if d := answer.Difference; d != nil {
			at = []string{strconv.FormatInt(d.Byte, 10), strconv.FormatInt(d.Line, 10), strconv.FormatInt(d.Column, 10)}
		}
		return e.Output.Print(c, answer, []string{"CAUSES", "BYTE", "LINE", "COLUMN", "SENTENCE"},
			[][]string{append(append([]string{strings.Join(answer.Causes, " ")}, at...), sentence)})
	}
	if _, err := fmt.Fprintln(c.Out, sentence); err != nil || !e.Verbose {
		return err
	}
	var b strings.Builder
	expected, signed := [2]string{"应签名的内容", "What had to be signed"}, [2]string{"实际签名的内容", "What was signed"}
	if in, err := explain.Parse(content); err == nil && in.Delivery != nil {
		expected, signed = [2]string{"平台签名的内容", "What the platform signed"}, [2]string{"用于验签的内容", "What was verified"}
	}
	for _, part := range []struct{ zh, en, text string }{
		{expected[0], expected[1], answer.Expected},
		{signed[0], signed[1], answer.Signed},
		{"通知的明文", "Decrypted notification", answer.Plaintext},
	} {
		if part.text != "" {
			fmt.Fprintf(&b, "\n%s\n%s\n", c.Choose(part.zh, part.en)+c.Choose("：", ":"), visible(part.text))
		}
	}
	_, err := fmt.Fprint(c.Out, b.String())
	return err
}

// visible shows a message line by line, with what the eye would miss.
func visible(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		quoted := strconv.Quote(line)
		b.WriteString("  " + strings.ReplaceAll(quoted[1:len(quoted)-1], `\"`, `"`) + "\n")
	}
	return strings.TrimSuffix(b.String(), "\n")
}

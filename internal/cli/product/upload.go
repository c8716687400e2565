package product

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"sync"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
	"golang.org/x/sync/errgroup"

	"github.com/favord/favord/client"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/internal/sandbox"
	"github.com/favord/favord/wire/busifavor"
)

// codesUpload uploads a file of codes.
type codesUpload struct {
	EnvFile string `name:"env" help:"envfile" placeholder:"FILE" type:"path"`
	BaseURL string `name:"base-url" help:"baseurl" placeholder:"URL"`
	Stock   string `arg:"" help:"codesstock"`
	File    string `arg:"" help:"codesfile"`
	Errors  string `help:"codeserrors" placeholder:"FILE" type:"path"`
	Calls   int    `help:"codescalls" default:"4"`
}

// Bounds of an upload.
const (
	// perCall is how many codes one call takes (busifavor B5).
	perCall = 200
	// maxCodes is how many lines a file has at most.
	maxCodes = 10_000_000
	maxCalls = 32
)

// line is a code and where it stands.
type line struct {
	number int
	code   string
}

// Run implements the command.
func (u *codesUpload) Run(c *term.Command) (err error) {
	if u.Calls < 1 || u.Calls > maxCalls {
		return fault.New(fault.Refused, fmt.Sprintf("--calls 须为1到%d", maxCalls), fmt.Sprintf("--calls must be 1 to %d.", maxCalls))
	}
	caller, err := (&term.Signed{EnvFile: u.EnvFile, BaseURL: u.BaseURL}).Client(c)
	if err != nil {
		return err
	}
	content, err := u.read(c)
	if err != nil {
		return err
	}
	lines, notes, err := codesOf(content)
	if err != nil {
		return err
	}
	job := u.open(content, lines, notes)
	job.client, job.stock = caller, u.Stock
	err = job.run(c, u.Calls)
	return errors.Join(err, job.report(c, u.errorFile()), job.keep(c, err))
}

func (u *codesUpload) read(c *term.Command) ([]byte, error) {
	if u.File == "-" {
		content, err := io.ReadAll(c.In)
		if err != nil {
			return nil, fmt.Errorf("read standard input: %w", err)
		}
		return content, nil
	}
	content, err := os.ReadFile(u.File)
	if err != nil {
		return nil, fault.New(fault.Refused, "无法读取文件："+err.Error(), "The file cannot be read: "+err.Error())
	}
	return content, nil
}

func (u *codesUpload) errorFile() string {
	if u.Errors != "" || u.File == "-" {
		return term.OrElse(u.Errors, "codes.errors.csv")
	}
	return u.File + ".errors.csv"
}

// note is why a line was not stored.
type note struct {
	Line   int    `json:"line"`
	Code   string `json:"code"`
	Reason string `json:"reason"`
	Text   string `json:"text"`
}

// codesOf reads the first column of a file: with or without a byte order mark, a heading, empty
// lines and either kind of line end. Codes that come twice are noted and left out.
func codesOf(content []byte) ([]line, []note, error) {
	content = bytes.TrimPrefix(content, []byte("\xef\xbb\xbf"))
	reader := csv.NewReader(bufio.NewReader(bytes.NewReader(content)))
	reader.FieldsPerRecord, reader.LazyQuotes, reader.ReuseRecord = -1, true, true
	var lines []line
	var notes []note
	first := map[string]int{}
	for {
		record, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, nil, fault.New(fault.Refused, "CSV有误："+err.Error(), "The CSV is wrong: "+err.Error())
		}
		at, _ := reader.FieldPos(0)
		code := record[0]
		switch {
		case code == "" || len(lines) == 0 && len(first) == 0 && (code == "coupon_code" || code == "code"):
			continue
		case first[code] != 0:
			notes = append(notes, note{Line: at, Code: code, Reason: "DUPLICATE", Text: "line " + strconv.Itoa(first[code])})
			continue
		case len(lines) == maxCodes:
			return nil, nil, fault.New(fault.Refused,
				fmt.Sprintf("文件超过%d个code，请拆分", maxCodes), fmt.Sprintf("The file has more than %d codes; split it.", maxCodes))
		}
		first[code] = at
		lines = append(lines, line{number: at, code: code})
	}
	if len(lines) == 0 {
		return nil, nil, fault.New(fault.Refused, "文件中没有code", "The file has no codes.")
	}
	return lines, notes, nil
}

// upload is one file on its way.
type upload struct {
	client *client.Client
	stock  string
	lines  []line
	digest string
	// path is where progress is kept; "" keeps none.
	path string

	mu       sync.Mutex
	progress progress
}

// progress is what is known of an upload that was interrupted.
type progress struct {
	// Digest is that of the file: another file begins anew.
	Digest string `json:"digest"`
	Stock  string `json:"stock"`
	// Done are the calls that were answered, by their number.
	Done   map[int]bool `json:"done"`
	Stored int64        `json:"stored"`
	Notes  []note       `json:"notes"`
}

// open takes up an upload where it was left.
func (u *codesUpload) open(content []byte, lines []line, notes []note) *upload {
	sum := sha256.Sum256(content)
	job := &upload{lines: lines, digest: hex.EncodeToString(sum[:])}
	job.progress = progress{Digest: job.digest, Stock: u.Stock, Done: map[int]bool{}, Notes: notes}
	if u.File == "-" {
		return job
	}
	job.path = u.File + ".progress"
	text, err := os.ReadFile(job.path)
	var before progress
	if err == nil && json.Unmarshal(text, &before) == nil && before.Digest == job.digest && before.Stock == u.Stock && before.Done != nil {
		job.progress = before
	}
	return job
}

// run uploads what is not uploaded yet, several calls at a time.
func (j *upload) run(c *term.Command, calls int) error {
	bars := mpb.NewWithContext(c.Ctx, mpb.WithOutput(c.Err), mpb.WithWidth(40))
	bar := bars.AddBar(int64(len(j.lines)),
		mpb.PrependDecorators(decor.CountersNoUnit("%d / %d")),
		mpb.AppendDecorators(decor.Percentage(), decor.AverageSpeed(0, "  %.0f/s"), decor.AverageETA(decor.ET_STYLE_GO, decor.WC{W: 6})))
	group, ctx := errgroup.WithContext(c.Ctx)
	group.SetLimit(calls)
	for i := 0; i*perCall < len(j.lines); i++ {
		part := j.lines[i*perCall : min((i+1)*perCall, len(j.lines))]
		if j.done(i) {
			bar.IncrBy(len(part))
			continue
		}
		if ctx.Err() != nil {
			break
		}
		group.Go(func() error {
			if err := j.send(ctx, i, part); err != nil {
				return err
			}
			bar.IncrBy(len(part))
			return nil
		})
	}
	err := group.Wait()
	if err != nil {
		bar.Abort(false)
	}
	bars.Wait()
	return err
}

func (j *upload) done(call int) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.progress.Done[call]
}

// requestNo numbers a call of an upload: it follows from the stock and the file, so that a call
// whose answer was lost is answered again and stores nothing twice, and another stock may get
// the same file.
func (j *upload) requestNo(call int) string {
	sum := sha256.Sum256([]byte(j.stock + " " + j.digest))
	return hex.EncodeToString(sum[:])[:32] + "-" + strconv.Itoa(call)
}

// send uploads the codes of one call.
func (j *upload) send(ctx context.Context, call int, part []line) error {
	req := &busifavor.UploadCodesRequest{StockID: j.stock, UploadRequestNo: j.requestNo(call)}
	at := make(map[string]int, len(part))
	for _, l := range part {
		req.CouponCodeList = append(req.CouponCodeList, l.code)
		at[l.code] = l.number
	}
	answer, err := j.client.BusiFavor().UploadCodes(ctx, req)
	if err != nil {
		first, last := part[0].number, part[len(part)-1].number
		return &term.While{Text: fault.Text{ZH: fmt.Sprintf("第%d至%d行", first, last), EN: fmt.Sprintf("lines %d to %d", first, last)}, Err: err}
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, failed := range answer.FailCodes {
		j.progress.Notes = append(j.progress.Notes, note{Line: at[failed.CouponCode], Code: failed.CouponCode, Reason: failed.Code, Text: failed.Message})
	}
	for _, code := range answer.ExistCodes {
		j.progress.Notes = append(j.progress.Notes, note{Line: at[code], Code: code, Reason: "EXISTS", Text: "uploaded before"})
	}
	j.progress.Stored += answer.SuccessCount
	j.progress.Done[call] = true
	return nil
}

// report says what became of the file, and writes what was not stored.
func (j *upload) report(c *term.Command, errorFile string) error {
	c.Say("已导入 %s 个code，未导入 %s 个", "Stored %s codes, %s were not.", number(j.progress.Stored), number(int64(len(j.progress.Notes))))
	if len(j.progress.Notes) == 0 {
		return nil
	}
	c.Say("未导入的code逐行见 %s", "Line by line: %s", errorFile)
	return writeNotes(errorFile, j.progress.Notes)
}

// keep keeps the progress of an upload that failed, and forgets that of one that did not.
func (j *upload) keep(c *term.Command, failed error) error {
	if j.path == "" {
		return nil
	}
	if failed == nil {
		if err := os.Remove(j.path); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("progress: %w", err)
		}
		return nil
	}
	text, err := json.Marshal(&j.progress)
	if err != nil {
		return fmt.Errorf("progress: %w", err)
	}
	c.Say("进度已保存，再次执行同一命令即可继续", "Progress is saved; run the same command again to continue.")
	return sandbox.WritePrivate(j.path, text)
}

func writeNotes(path string, notes []note) error {
	file, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	rows := make([][]string, 0, len(notes)+1)
	rows = append(rows, []string{"line", "code", "reason", "text"})
	for _, n := range notes {
		rows = append(rows, []string{strconv.Itoa(n.Line), n.Code, n.Reason, n.Text})
	}
	return errors.Join(term.PrintCSV(file, rows), file.Close())
}

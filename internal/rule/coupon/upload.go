package coupon

import (
	"time"
	"unicode/utf8"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/base/planted"
)

// CodeStatus is where an uploaded code stands (5.3).
type CodeStatus string

// The states of an uploaded code. DISPATCHED is final.
const (
	CodeAvailable  CodeStatus = "AVAILABLE"
	CodeDispatched CodeStatus = "DISPATCHED"
)

// MaxUpload is how many codes one call may upload (B5).
const MaxUpload = 200

// Refusals about uploaded codes (B5 to B8).
var (
	ErrCodeMode = fault.New(fault.Refused,
		"发券模式不合法", "The stock does not use uploaded codes: its coupon_code_mode is not MERCHANT_UPLOAD.")
	ErrCodesFull = fault.New(fault.Refused,
		"上传的自定义code已达上限", "The stock cannot have more codes than max_coupons. Raise max_coupons first.")
	ErrCodeUnknown = fault.New(fault.NotFound,
		"查询的资源不存在", "The stock has no such code.")
	// ErrCodeGiven refuses to delete a code that is a coupon.
	ErrCodeGiven = fault.New(fault.Refused,
		"券code已被领取，无法删除", "The code has been issued and cannot be deleted.")
)

// Why one code of an upload is refused, in the words of the answer (B5, chapter 14).
const (
	codeTooLong   = "LENGTH_LIMIT"
	codeMalformed = "PARAM_ERROR"
)

// Upload is a list of codes as it was sorted out (B5).
type Upload struct {
	// Codes are those that may be stored, each once.
	Codes []Code
	// Repeated are those that the list had more than once, each once.
	Repeated []Code
	// Failed are those that may not be stored, each once.
	Failed []FailedCode
}

// FailedCode is a code that may not be stored.
type FailedCode struct {
	Code Code
	// Reason is a word for programs, Text a sentence.
	Reason string
	Text   fault.Text
}

// TooLong reports whether it has too many characters.
func (f *FailedCode) TooLong() bool { return f.Reason == codeTooLong }

// Fails returns what stands against a code that a merchant chose; nil when nothing does.
func (c Code) Fails() *FailedCode {
	switch {
	case utf8.RuneCountInString(string(c)) > maxCode:
		return &FailedCode{c, codeTooLong, fault.Text{
			ZH: "长度超过最大值32位", EN: "The code is longer than 32 characters.",
		}}
	case !WellFormedCode(c):
		return &FailedCode{c, codeMalformed, ErrCodeForm.Text}
	}
	return nil
}

// SortUpload sorts a list of codes out. Everything stays in the order of the list.
func SortUpload(list []Code) Upload {
	var u Upload
	seen := make(map[Code]int, len(list))
	for _, c := range list {
		seen[c]++
		if seen[c] > 1 {
			if seen[c] == 2 {
				u.Repeated = append(u.Repeated, c)
			}
			continue
		}
		if failed := c.Fails(); failed != nil {
			u.Failed = append(u.Failed, *failed)
			continue
		}
		u.Codes = append(u.Codes, c)
	}
	return u
}

// CheckUpload reports whether the stock takes uploaded codes.
func (s *Stock) CheckUpload() error {
	if s.CodeMode != CodesByUpload {
		return ErrCodeMode
	}
	return nil
}

// Upload counts n more codes of the stock. There may never be more than its coupons.
func (s *Stock) Upload(c Counters, n int64) (Counters, error) {
	c.Codes += n
	c.FreeCodes += n
	if n > 0 && c.Codes > s.Limits.MaxCoupons+planted.CodeTotal.One() {
		return Counters{}, ErrCodesFull
	}
	return c, nil
}

// DeleteCode counts one free code less.
func (c Counters) DeleteCode() Counters {
	c.Codes--
	c.FreeCodes--
	return c
}

// UploadedCode is a code in the pool of a stock.
type UploadedCode struct {
	Code   Code
	Status CodeStatus
	// At is when it was uploaded.
	At time.Time
}

package codefile

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/favord/favord/internal/rule/coupon"
)

// Kind is what a part of an import holds.
type Kind string

// The kinds. A part's number counts what comes before it.
const (
	// FileBytes are bytes of the file, as they came.
	FileBytes Kind = "FILE"
	// GoodCodes are codes that wait to be imported.
	GoodCodes Kind = "CODES"
	// WrongLines are those that are not imported.
	WrongLines Kind = "WRONG"
)

// EncodeCodes is the stored form of codes.
func EncodeCodes(codes []coupon.Code) []byte {
	var b strings.Builder
	for i, c := range codes {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(string(c))
	}
	return []byte(b.String())
}

// DecodeCodes reads what EncodeCodes wrote.
func DecodeCodes(data []byte) []coupon.Code {
	var codes []coupon.Code
	for text := range strings.SplitSeq(string(data), "\n") {
		codes = append(codes, coupon.Code(text))
	}
	return codes
}

// EncodeWrong is the stored form of wrong lines.
func EncodeWrong(lines []WrongLine) ([]byte, error) {
	data, err := json.Marshal(lines)
	if err != nil {
		return nil, fmt.Errorf("encode wrong lines: %w", err)
	}
	return data, nil
}

// DecodeWrong reads what EncodeWrong wrote.
func DecodeWrong(data []byte) (lines []WrongLine, err error) {
	if err := json.Unmarshal(data, &lines); err != nil {
		return nil, fmt.Errorf("decode wrong lines: %w", err)
	}
	return lines, nil
}

package sandbox

import (
	"strconv"
	"strings"
	"time"

	"github.com/favord/favord/internal/base/fault"
)

// FaultHeader is the request header that asks for a fault in the answer to that request
// alone: "DELAY delay_ms=200", "ERROR status=500 code=SYSTEM_ERROR".
const FaultHeader = "Favord-Fault"

// errFaultHeader refuses a header that makes no sense: a test that asks for a fault and
// does not get it proves nothing.
var errFaultHeader = fault.New(fault.Invalid,
	"请求头Favord-Fault有误，例：DELAY delay_ms=200，或 ERROR status=500 code=SYSTEM_ERROR",
	"The header Favord-Fault is invalid; write DELAY delay_ms=200, or ERROR status=500 code=SYSTEM_ERROR.")

// ParseFault reads the value of a [FaultHeader].
func ParseFault(text string) (Fault, error) {
	words := strings.Fields(text)
	if len(words) == 0 {
		return Fault{}, errFaultHeader
	}
	f := Fault{Kind: FaultKind(words[0]), Percent: 100, Left: 1}
	for _, word := range words[1:] {
		name, value, _ := strings.Cut(word, "=")
		n, err := strconv.Atoi(value)
		switch {
		case name == "code" && value != "":
			f.Code = value
		case name == "message" && value != "":
			f.Message = value
		case name == "status" && err == nil:
			f.Status = n
		case name == "delay_ms" && err == nil:
			f.Delay = time.Duration(n) * time.Millisecond
		default:
			return Fault{}, errFaultHeader
		}
	}
	if f.Kind.OfCallbacks() || f.Check() != nil {
		return Fault{}, errFaultHeader
	}
	return f, nil
}

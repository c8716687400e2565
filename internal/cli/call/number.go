package call

import (
	"fmt"
	"regexp"
	"strconv"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/base/near"
	"github.com/favord/favord/internal/catalogue"
	"github.com/favord/favord/internal/cli/term"
)

// number returns the error number that a text names: alone, or at the end of a Request-ID.
func number(text string) (int, bool) {
	found := regexp.MustCompile(`^(?:[0-9A-Fa-f]{20,60}-)?([0-9]{5,10})$`).FindStringSubmatch(text)
	if found == nil {
		return 0, false
	}
	n, err := strconv.Atoi(found[1])
	return n, err == nil
}

// explainNumber prints what a number means.
func explainNumber(c *term.Command, n int) error {
	for _, one := range catalogue.Numbers() {
		if one.Number != n {
			continue
		}
		_, err := fmt.Fprintf(c.Out, "%d  %s\n  %s\n  %s%s\n", n, one.Code, c.Choose(one.Reason.ZH, one.Reason.EN), c.Choose("怎么办：", "What to do: "), c.Choose(one.Fix.ZH, one.Fix.EN))
		if err != nil {
			return fmt.Errorf("errors: %w", err)
		}
		return nil
	}
	return fault.New(fault.Refused,
		fmt.Sprintf("错误编号 %d 没有公开的说明；请看同一应答的 code 与 message（favord logs show 请求编号），真实环境中可凭 Request-ID 咨询微信支付", n),
		fmt.Sprintf("The number %d is documented nowhere; look at code and message of the same answer (favord logs show REQUEST_ID), or in production ask WeChat Pay with the Request-ID.", n))
}

// errNoCode refuses a code that does not exist, and names the one that may be meant.
func errNoCode(code string, known []string) error {
	zh, en := "没有这个错误码："+code, "There is no such code: "+code
	if one := near.Word(code, known); one != "" {
		zh, en = zh+"；是否要查 "+one+"？", en+"; did you mean "+one+"?"
	}
	return fault.New(fault.Refused, zh, en)
}

// Package scenario plays files that say what happens in a sandbox and what is to be expected:
// stocks, codes, coupons, calls, times, faults. It talks to the sandbox as every client does.
package scenario

import (
	"fmt"
	"os"

	"go.yaml.in/yaml/v3"

	"github.com/favord/favord/internal/base/fault"
)

// Scenario is a file that was read.
type Scenario struct {
	Name string
	// Freeze is where business time stands from the beginning; "" leaves it alone.
	Freeze text
	Vars   []pair
	// Stocks are created before the first step; the name of each stands for its id.
	Stocks []pair
	// Codes are uploaded, Coupons issued before the first step.
	Codes   []codes
	Coupons []coupons
	Steps   []step
}

// text is a scalar that may have variables, and where it stands.
type text struct {
	node *yaml.Node
}

// pair is a name with what it stands for.
type pair struct {
	name  string
	value *yaml.Node
}

// codes are uploaded to a stock.
type codes struct {
	stock text
	list  *yaml.Node
}

// coupons are issued of a stock to a user.
type coupons struct {
	stock, openid, name text
}

// step is one thing that happens. Exactly one of call, clock and fault is there.
type step struct {
	name  string
	node  *yaml.Node
	call  *call
	clock *yaml.Node
	fault *yaml.Node
}

// call is a request with what is expected of its answer.
type call struct {
	method string
	path   text
	body   *yaml.Node
	// managed says that it goes to the management port.
	managed bool
	times   int
	expect  expectation
	save    []pair
}

// expectation is what an answer must be.
type expectation struct {
	status int // 0 is any success
	code   string
	body   []pair
	// lost says that no answer comes that can be trusted.
	lost bool
}

// maxFile is the largest file in bytes.
const maxFile = 4 << 20

// Read reads a file. Its errors are faults that say the line and the column.
func Read(path string) (*Scenario, error) {
	info, err := os.Stat(path)
	if err == nil && info.Size() > maxFile {
		return nil, fault.New(fault.Refused,
			fmt.Sprintf("场景文件 %s 超过 %d 字节", path, maxFile),
			fmt.Sprintf("The scenario %s has more than %d bytes.", path, maxFile))
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fault.New(fault.Refused,
			fmt.Sprintf("无法读取场景文件：%v", err),
			fmt.Sprintf("The scenario cannot be read: %v", err))
	}
	return Parse(path, content)
}

// Parse reads the content of a file; the name is for messages.
func Parse(name string, content []byte) (*Scenario, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(content, &document); err != nil {
		return nil, fault.New(fault.Refused,
			fmt.Sprintf("%s 不是合法的YAML：%v", name, err),
			fmt.Sprintf("%s is not YAML: %v", name, err))
	}
	p := parser{file: name}
	if len(document.Content) == 0 {
		return nil, p.wrong(&document, "文件为空", "the file is empty")
	}
	return p.scenario(document.Content[0])
}

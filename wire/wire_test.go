package wire_test

import (
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/busifavor"
	"github.com/favord/favord/wire/favor"
	"github.com/favord/favord/wire/media"
	"github.com/favord/favord/wire/partnership"
	"github.com/favord/favord/wire/rail"
	"github.com/favord/favord/wire/schema"
	"github.com/favord/favord/wire/security"
)

func tables() []wire.Operation {
	return slices.Concat(security.Operations(), busifavor.Operations(), media.Operations(), partnership.Operations(), favor.Operations(), rail.Operations())
}

func TestEveryRowOfTheTablesIsComplete(t *testing.T) {
	t.Parallel()
	ids, routes := map[string]bool{}, map[string]bool{}
	for _, op := range tables() {
		if ids[op.ID] || routes[op.Method+op.Path] {
			t.Errorf("%s is there twice", op.ID)
		}
		ids[op.ID], routes[op.Method+op.Path] = true, true
		if op.Title.ZH == "" || op.Title.EN == "" || op.Product == "" || op.Section == "" || op.Auth == 0 || op.Success < 200 || op.Request == nil {
			t.Errorf("%s lacks something: %+v", op.ID, op)
		}
		for _, f := range slices.Concat(op.Failures, wire.Common(op.Product)) {
			if f.Status < 400 || f.Code == "" || f.When == "" {
				t.Errorf("%s has an incomplete failure %+v", op.ID, f)
			}
		}
		if op.RequestNo != "" && !slices.ContainsFunc(op.Request.Fields, func(f schema.Field) bool { return f.Name == op.RequestNo && f.Required }) {
			t.Errorf("%s names the request number %s, which is no required field", op.ID, op.RequestNo)
		}
	}
}

// TestEveryRequestNumberIsNamed: what must be unique, and is the caller's, makes repeating
// safe, and the table says so.
func TestEveryRequestNumberIsNamed(t *testing.T) {
	t.Parallel()
	for _, op := range tables() {
		for _, f := range op.Request.Fields {
			number := strings.HasSuffix(f.Name, "request_no") || strings.HasPrefix(f.Name, "out_subsidy") || f.Name == "refund_id" || f.Name == "Idempotency-Key"
			if number && f.Required && op.Method != http.MethodGet && op.RequestNo == "" {
				t.Errorf("%s requires %s, and the table names no request number", op.ID, f.Name)
			}
		}
	}
}

// TestPathsAndDeclarationsAgree: every parameter of a path is declared, and no other.
func TestPathsAndDeclarationsAgree(t *testing.T) {
	t.Parallel()
	for _, op := range tables() {
		var inPath []string
		for _, name := range regexp.MustCompile(`\{(\w+)\}`).FindAllStringSubmatch(op.Path, -1) {
			inPath = append(inPath, name[1])
		}
		var declared []string
		for _, f := range op.Request.Fields {
			if f.In == schema.InPath {
				declared = append(declared, f.Name)
			}
		}
		slices.Sort(inPath)
		slices.Sort(declared)
		if !slices.Equal(inPath, declared) {
			t.Errorf("%s: the path has %v, the declaration %v", op.ID, inPath, declared)
		}
	}
}

// TestTheTablesFollowTheContract compares them with the list of all operations of the
// platform: what is served is served as it says.
func TestTheTablesFollowTheContract(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../docs/contract/operations.tsv")
	if err != nil {
		t.Fatal(err)
	}
	contract := map[string][]string{}
	for line := range strings.Lines(string(text)) {
		if row := strings.Split(strings.TrimSpace(line), "\t"); !strings.HasPrefix(line, "#") && len(row) >= 5 {
			contract[row[0]] = row
		}
	}
	if len(contract) < 50 {
		t.Fatalf("the list has only %d operations", len(contract))
	}
	for _, op := range tables() {
		if op.Product == wire.Rail {
			continue // ours
		}
		row, known := contract[op.ID]
		if !known {
			t.Errorf("%s is not in the list", op.ID)
			continue
		}
		if row[1] != op.Method || row[2] != op.Path || row[3] != strconv.Itoa(op.Success) || row[4] != string(op.Product) {
			t.Errorf("%s is %s %s %d %s, the list says %v", op.ID, op.Method, op.Path, op.Success, op.Product, row)
		}
	}
}

// TestTheNonceIsTheNumberWhereNothingSignedIsOne: an operation that changes something goes by
// the nonce unless the signature covers its request number.
func TestTheNonceIsTheNumberWhereNothingSignedIsOne(t *testing.T) {
	t.Parallel()
	type inBody struct {
		Number string `json:"number" title:"单号" rule:"required"`
	}
	type inQuery struct {
		Number string `query:"number" json:"-" title:"单号" rule:"required"`
	}
	type inHeader struct {
		Number string `header:"number" json:"-" title:"单号" rule:"required"`
	}
	type besideMeta struct {
		Meta   inBody `json:"meta" title:"元信息" rule:"required"`
		Number string `json:"number" title:"单号" rule:"required"`
		File   []byte `json:"file" title:"文件" rule:"required"`
	}
	for name, c := range map[string]struct {
		op   wire.Operation
		want bool
	}{
		"a number in the body":          {wire.Operation{Method: "POST", RequestNo: "number", Request: schema.Of[inBody]()}, false},
		"a number in the query":         {wire.Operation{Method: "DELETE", RequestNo: "number", Request: schema.Of[inQuery]()}, false},
		"a number in a header":          {wire.Operation{Method: "POST", RequestNo: "number", Request: schema.Of[inHeader]()}, true},
		"a number beside the meta":      {wire.Operation{Method: "POST", RequestNo: "number", Request: schema.Of[besideMeta]()}, true},
		"no number":                     {wire.Operation{Method: "PUT", Request: schema.Of[inBody]()}, true},
		"a POST that only reads":        {wire.Operation{Method: "POST", ReadOnly: true, Request: schema.Of[inBody]()}, false},
		"a GET":                         {wire.Operation{Method: "GET", Request: schema.Of[inQuery]()}, false},
		"an operator, who signs none":   {wire.Operation{Method: "POST", Auth: wire.ByOperator, Request: schema.Of[inBody]()}, false},
		"a number that is not declared": {wire.Operation{Method: "POST", RequestNo: "no", Request: schema.Of[inBody]()}, true},
	} {
		if c.op.Auth == 0 {
			c.op.Auth = wire.SignedByMerchant
		}
		if got := c.op.ByNonce(); got != c.want {
			t.Errorf("%s: by nonce %t", name, got)
		}
	}
}

package archtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/favord/favord"

// allowed says, for every package, what of this module it may import, and which other
// modules. A package that is not here fails the test: adding one means saying what it
// may know. "std" stands for nothing but the standard library. Entries that end in /...
// stand for everything below.
func allowed() map[string][]string {
	rules := []string{"internal/fault", "internal/merchant", "internal/user", "internal/coupon", "internal/voucher", "internal/picture"}
	contract := append(slices.Clone(rules), "internal/store")
	capability := append(slices.Clone(contract),
		"internal/once", "internal/lane", "internal/shelf", "internal/directory", "internal/clock", "internal/telemetry", "apiv3", "golang.org/x/sync")
	return map[string][]string{
		// ring 0: public leaves
		"apiv3":            {},
		"apiv3/gm":         {"apiv3", "github.com/emmansun/gmsm"},
		"apiv2":            {},
		"wire":             {"wire/schema"},
		"wire/schema":      {},
		"wire/openapi":     {"wire", "wire/schema"},
		"wire/busifavor":   {"wire", "wire/schema"},
		"wire/favor":       {"wire", "wire/schema"},
		"wire/media":       {"wire", "wire/schema"},
		"wire/partnership": {"wire", "wire/schema"},
		"wire/security":    {"wire", "wire/schema", "apiv3"},
		"wire/rail":        {"wire", "wire/schema"},
		"wire/manage":      {"wire", "wire/schema"},
		"wire/notify":      {"wire/schema", "apiv3"},
		// ring 0': the SDK
		"client": {"apiv3", "wire/...", "wire"},

		// ring 1: pure rules; each may use the ones before it
		"internal/fault":    {},
		"internal/picture":  {"internal/fault"},
		"internal/merchant": {"internal/fault"},
		"internal/user":     {"internal/fault", "internal/merchant"},
		"internal/coupon":   {"internal/fault", "internal/picture", "internal/merchant", "internal/user"},
		"internal/voucher":  {"internal/fault", "internal/merchant", "internal/user", "internal/coupon"},

		// ring 2: the storage contract, and what every capability builds on
		"internal/store":     rules,
		"internal/lane":      {"internal/fault"},
		"internal/shelf":     {"internal/clock"},
		"internal/directory": append(slices.Clone(contract), "internal/shelf", "internal/clock"),

		// ring 3: engines
		"internal/store/memstore":    contract,
		"internal/store/sqlitestore": append(slices.Clone(contract), "internal/lane", "modernc.org/sqlite", "golang.org/x/sys"),
		"internal/store/pgstore":     append(slices.Clone(contract), "internal/clock", "github.com/jackc/pgx/v5"),
		"internal/store/pgtest":      {"github.com/jackc/pgx/v5"},
		"internal/store/storetest":   append(slices.Clone(contract), "github.com/google/go-cmp", "pgregory.net/rapid"),
		"internal/store/engines":     {"internal/store", "internal/store/..."},

		// ring 3: the way out, to addresses that others chose
		"internal/outbound": {"internal/fault"},

		// ring 2: what was asked for before, by its number
		"internal/once": contract,

		// ring 3: files that hold a secret
		"internal/secretfile": {"internal/fault"},

		// ring 3: how RSA is calculated
		"internal/rsakey": {"apiv3"},

		// ring 3: capabilities; not each other, not engines, not edges
		"internal/notify":      append(slices.Clone(capability), "internal/outbound", "wire/notify", "wire/schema"),
		"internal/promotion":   capability,
		"internal/grant":       capability,
		"internal/purse":       capability,
		"internal/campaign":    capability,
		"internal/issue":       capability,
		"internal/redeem":      capability,
		"internal/registry":    capability,
		"internal/wallet":      capability,
		"internal/keyring":     append(slices.Clone(capability), "internal/rsakey", "internal/secretfile", "apiv2", "apiv3/gm"),
		"internal/limit":       capability,
		"internal/rail":        append(slices.Clone(capability), "wire/notify", "wire/schema"),
		"internal/media":       capability,
		"internal/partnership": capability,
		"internal/sandbox":     capability,
		"internal/journal":     {"internal/fault"},
		"internal/explain":     {"internal/fault", "apiv3", "apiv3/gm", "golang.org/x/text"},
		"internal/subsidy":     capability,
		"internal/ledger":      capability,
		"internal/order":       capability,
		"internal/card":        capability,
		"internal/statement":   capability,

		// ring 4: edges; not the store
		"internal/inbound": {"apiv3", "wire", "wire/schema", "github.com/go-json-experiment/json"},
		"internal/httpapi": append(slices.Clone(rules),
			"internal/promotion", "internal/grant", "internal/purse",
			"internal/campaign", "internal/issue", "internal/rail", "internal/redeem", "internal/wallet", "internal/keyring", "internal/limit", "internal/media", "internal/partnership",
			"internal/subsidy", "internal/card", "internal/statement",
			"internal/notify", "internal/once", "internal/clock", "internal/telemetry", "apiv3", "wire", "wire/...", "internal/inbound", "internal/sandbox", "internal/journal"),
		"internal/redirect": append(slices.Clone(rules), "internal/sandbox", "internal/clock", "apiv3", "software.sslmate.com/src/go-pkcs12"),
		"internal/console": append(slices.Clone(rules),
			"internal/wallet", "internal/redeem", "internal/ledger", "internal/order", "internal/card",
			"internal/campaign", "internal/promotion", "internal/notify", "internal/registry", "internal/keyring", "internal/inbound", "internal/sandbox", "internal/journal", "internal/explain", "internal/clock",
			"apiv3", "wire", "wire/..."),

		"internal/claim": append(slices.Clone(rules),
			"internal/issue", "internal/wallet", "internal/keyring", "internal/limit", "internal/inbound", "internal/clock",
			"apiv2", "wire", "wire/...", "github.com/boombuler/barcode"),

		// ring 5: assembly
		"internal/clock":     {"internal/merchant"},
		"internal/telemetry": {},
		"internal/config":    {"internal/fault", "internal/picture", "internal/secretfile", "go.yaml.in/yaml/v3"},
		"internal/server":    {"internal/...", "apiv3", "wire/...", "golang.org/x/net", "golang.org/x/sync"},
		"internal/load":      {"internal/rsakey", "internal/clock", "internal/fault", "client", "apiv3", "wire", "wire/...", "golang.org/x/sync"},
		"internal/cli": {
			"internal/server", "internal/sandbox", "internal/load", "internal/scenario", "internal/catalogue", "internal/store", "internal/config", "internal/clock", "internal/telemetry", "internal/fault",
			"internal/explain", "internal/rsakey", "client", "apiv2", "apiv3", "apiv3/gm", "wire/...", "github.com/alecthomas/kong", "go.yaml.in/yaml/v3", "github.com/vbauerster/mpb/v8", "golang.org/x/sync",
		},
		"internal/catalogue": {"wire"},
		"internal/scenario":  {"client", "wire/...", "internal/fault", "go.yaml.in/yaml/v3"},
		"favordtest":         {"internal/scenario", "internal/server", "internal/sandbox", "internal/store", "internal/clock", "client", "apiv3", "wire/..."},
		"cmd/favord":         {"internal/cli", "internal/clock", "internal/config"},

		"internal/archtest":        {},
		"e2e":                      {},
		"docs/examples/quickstart": {"client", "apiv3", "wire/busifavor", "wire/schema"},
		"bench": append(slices.Clone(contract),
			"internal/store/sqlitestore", "internal/store/pgstore", "internal/store/pgtest", "internal/issue", "internal/campaign", "internal/directory", "internal/lane",
			"internal/load", "internal/sandbox", "internal/clock", "client", "apiv3", "apiv3/gm", "bench/peers"),
		"bench/peers": {"github.com/jackc/pgx/v5"},
	}
}

// listed is what `go list` says about a package.
type listed struct {
	ImportPath string
	Doc        string
	Dir        string
	GoFiles    []string
	Imports    []string
}

func packages(t *testing.T) []listed {
	t.Helper()
	command := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Doc,Dir,GoFiles,Imports", "./...")
	command.Dir = "../.."
	output, err := command.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var list []listed
	decoder := json.NewDecoder(bytes.NewReader(output))
	for {
		var p listed
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return list
		} else if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
}

func TestPackagesImportOnlyWhatTheyMay(t *testing.T) {
	t.Parallel()
	table := allowed()
	for _, p := range packages(t) {
		name := strings.TrimPrefix(p.ImportPath, module+"/")
		may, known := table[name]
		if !known {
			t.Errorf("package %s is not in the table of allowed imports", name)
			continue
		}
		for _, imported := range p.Imports {
			if !isStandard(imported) && !slices.ContainsFunc(may, func(pattern string) bool { return matches(pattern, imported) }) {
				t.Errorf("%s imports %s", name, imported)
			}
		}
	}
}

func TestTheTableHasNoRoomsWithoutTenants(t *testing.T) {
	t.Parallel()
	there := map[string]bool{}
	for _, p := range packages(t) {
		there[strings.TrimPrefix(p.ImportPath, module+"/")] = true
	}
	for name := range allowed() {
		if !there[name] {
			t.Errorf("package %s is in the table and nowhere else", name)
		}
	}
}

func isStandard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".")
}

// matches reports whether a pattern of the table allows an import: a package of this
// module, everything below one, or another module.
func matches(pattern, imported string) bool {
	first, _, _ := strings.Cut(pattern, "/")
	if !strings.Contains(first, ".") {
		pattern = module + "/" + pattern
	} else {
		pattern += "/..."
	}
	if below, found := strings.CutSuffix(pattern, "/..."); found {
		return imported == below || strings.HasPrefix(imported, below+"/")
	}
	return imported == pattern
}

func TestEveryPackageSaysWhatItOwns(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		name := strings.TrimPrefix(p.ImportPath, module+"/")
		if len(p.GoFiles) > 0 && len(strings.Fields(p.Doc)) < 6 {
			t.Errorf("package %s has no comment that says what it owns: %q", name, p.Doc)
		}
		if last := name[strings.LastIndexByte(name, '/')+1:]; slices.Contains([]string{"util", "utils", "common", "helpers", "models", "types", "base", "misc"}, last) {
			t.Errorf("package %s is named after nothing", name)
		}
	}
}

package archtest

import "slices"

// part is the part of the standard library that a package may import itself.
type part string

const (
	// pure is everything but the network, files, processes, databases, logs and what goes
	// around the language. Addresses as values (net/url, net/netip) are pure.
	pure part = "pure"
	// noHTTP is everything but net/http.
	noHTTP part = "no HTTP"
	// whole is everything.
	whole part = "whole"
)

// ring is a ring of the architecture: rooms that may use the same part of the standard
// library, and for each what of this module and which other modules it may import. Entries
// that end in /... stand for everything below.
type ring struct {
	name  string
	std   part
	rooms map[string][]string
}

// pureRules are the rings below the storage contract.
func pureRules() []string {
	return []string{
		"internal/base/fen", "internal/base/day", "internal/base/ids", "internal/base/near", "internal/base/origin", "internal/base/planted",
		"internal/base/webauthn", "internal/base/fault",
		"internal/rule/merchant", "internal/rule/user", "internal/rule/picture", "internal/rule/partner",
		"internal/rule/coupon", "internal/rule/voucher", "internal/rule/codefile",
		"internal/rule/payment", "internal/rule/delivery", "internal/rule/tally", "internal/rule/operator", "internal/rule/trail",
		"internal/rule/keep", "internal/rule/draft",
	}
}

// contract is what engines and capabilities build on.
func contract(more ...string) []string {
	return slices.Concat(pureRules(), []string{"internal/store"}, more)
}

// capability is what every capability may use.
func capability(more ...string) []string {
	return contract(append([]string{
		"internal/store/once", "internal/store/document", "internal/base/lane", "internal/base/shelf", "internal/platform/directory",
		"internal/base/clock", "internal/base/telemetry", "apiv3", "golang.org/x/sync",
	}, more...)...)
}

// edge is what every edge may use; never the store.
func edge(more ...string) []string {
	return slices.Concat(pureRules(), []string{"internal/edge/serve", "internal/base/clock", "apiv3", "wire", "wire/..."}, more)
}

// command is what every subject of the command line may use; never another subject.
func command(more ...string) []string {
	return append([]string{"internal/cli/term", "internal/sandbox", "internal/base/fault", "internal/base/clock", "client", "apiv3", "wire/..."}, more...)
}

// rings says, for every package, what it may know. A package that is not here fails the
// test: adding one means saying what it may know.
func rings() []ring {
	return []ring{
		{"public leaves that calculate", pure, map[string][]string{
			"apiv3/gm":     {"apiv3", "github.com/emmansun/gmsm"},
			"apiv2":        {},
			"wire/schema":  {},
			"wire/openapi": {"wire", "wire/schema", "wire/example"},
			"wire/example": {"wire", "wire/..."},
			"wire/notify":  {"wire/schema", "apiv3"},
		}},
		{"public leaves that name headers and statuses", whole, map[string][]string{
			"apiv3":            {},
			"wire":             {"wire/schema"},
			"wire/busifavor":   {"wire", "wire/schema"},
			"wire/favor":       {"wire", "wire/schema"},
			"wire/media":       {"wire", "wire/schema"},
			"wire/partnership": {"wire", "wire/schema"},
			"wire/security":    {"wire", "wire/schema", "apiv3"},
			"wire/rail":        {"wire", "wire/schema"},
			"wire/manage":      {"wire", "wire/schema"},
		}},
		{"the console's pages, and what their client is generated from", whole, map[string][]string{
			"web":          {},
			"web/document": {"wire/openapi", "wire/manage"},
		}},
		{"the SDK", whole, map[string][]string{
			"client": {"apiv3", "wire", "wire/..."},
		}},
		{"base", pure, map[string][]string{
			"internal/base/fen":     {},
			"internal/base/day":     {"internal/base/planted"},
			"internal/base/ids":     {},
			"internal/base/near":    {},
			"internal/base/origin":  {},
			"internal/base/turns":   {},
			"internal/base/fault":   {},
			"internal/base/lane":    {"internal/base/clock", "internal/base/fault", "internal/base/origin", "internal/base/turns", "runtime"}, // it yields
			"internal/base/shelf":   {"internal/base/clock", "internal/base/turns"},
			"internal/base/clock":   {},
			"internal/base/limit":   {"internal/base/planted"},
			"internal/base/planted": {},
			"internal/base/rsakey":  {"apiv3"},

			"internal/base/webauthn":         {},
			"internal/base/webauthn/softkey": {"internal/base/webauthn", "testing"},
		}},
		{"base that touches the outside", whole, map[string][]string{
			"internal/base/outbound":   {"internal/base/fault", "internal/base/planted"},
			"internal/base/secretfile": {"internal/base/fault"},
			"internal/base/telemetry":  {"internal/base/clock", "github.com/prometheus/client_golang", "go.opentelemetry.io/otel"},
		}},
		{"rule", pure, map[string][]string{
			"internal/rule/merchant": {"internal/base/fault", "internal/base/planted"},
			"internal/rule/operator": {"internal/base/fault", "internal/base/planted"},
			"internal/rule/trail":    {"internal/rule/merchant"},
			"internal/rule/keep":     {"internal/base/fault"},
			"internal/rule/draft":    {"internal/base/fault", "internal/base/day", "internal/rule/merchant"},
			"internal/rule/codefile": {"internal/base/fault", "internal/rule/coupon"},
			"internal/rule/user":     {"internal/base/fault", "internal/rule/merchant"},
			"internal/rule/picture":  {"internal/base/ids", "internal/base/fault", "internal/rule/merchant"},
			"internal/rule/partner":  {"internal/rule/merchant", "internal/base/planted"},
			"internal/rule/coupon": {
				"internal/base/...", "internal/base/fault", "internal/rule/picture", "internal/rule/merchant",
				"internal/rule/user",
			},
			"internal/rule/voucher": {
				"internal/base/...", "internal/base/fault", "internal/rule/picture", "internal/rule/merchant",
				"internal/rule/user",
			},
			"internal/rule/payment": {"internal/base/...", "internal/rule/merchant", "internal/rule/voucher"},
			"internal/rule/tally":   {"internal/base/...", "internal/rule/merchant", "internal/rule/coupon", "internal/rule/voucher"},
			"internal/rule/delivery": {
				"internal/base/...", "internal/rule/merchant", "internal/rule/user", "internal/rule/coupon",
				"internal/rule/voucher",
			},
		}},
		{"store", pure, map[string][]string{
			"internal/store":              pureRules(),
			"internal/store/document":     pureRules(),
			"internal/store/row":          contract("internal/store/document"),
			"internal/store/once":         contract(),
			"internal/platform/directory": contract("internal/base/shelf", "internal/base/lane", "internal/base/clock"),
		}},
		{"engines", noHTTP, map[string][]string{
			"internal/store/memstore": contract(),
			"internal/store/sqlitestore": contract("internal/store/row", "internal/store/document", "internal/base/lane", "modernc.org/sqlite",
				"golang.org/x/sys"),
			"internal/store/pgstore": contract("internal/store/row", "internal/store/document", "internal/base/clock",
				"github.com/jackc/pgx/v5"),
			"internal/store/pgtest":     {"github.com/jackc/pgx/v5"},
			"internal/store/sqlitetest": {"internal/store", "internal/store/sqlitestore"},
			"internal/store/powerloss":  {"modernc.org/libc", "modernc.org/sqlite"},
			"internal/store/storetest":  contract("internal/size", "github.com/google/go-cmp", "pgregory.net/rapid"),
			"internal/store/engines":    {"internal/store", "internal/store/...", "internal/size"},
		}},
		{"busifavor", pure, map[string][]string{
			"internal/busifavor/stocks":  capability("log/slog"), // it says that it cannot import
			"internal/busifavor/issue":   capability(),
			"internal/busifavor/redeem":  capability(),
			"internal/busifavor/held":    capability(),
			"internal/busifavor/subsidy": capability(),
			"internal/busifavor/card":    capability(),
		}},
		{"favor", pure, map[string][]string{
			"internal/favor/stocks": capability(),
			"internal/favor/send":   capability(),
			"internal/favor/pay":    capability(),
			"internal/favor/held":   capability(),
			"internal/favor/bill":   capability(),
		}},
		{"platform", pure, map[string][]string{
			"internal/platform/media":       capability(),
			"internal/platform/partnership": capability(),
			"internal/platform/registry":    capability(),
			"internal/platform/ledger":      capability(),
			"internal/platform/statistics":  capability("log/slog"), // it says that it cannot add up ahead
			"internal/platform/attention":   capability(),
			"internal/platform/audit":       capability("log/slog"), // it says that it cannot seal
			"internal/platform/retention":   capability("log/slog"), // it says that it cannot remove
			"internal/platform/drafting":    capability(),
			"internal/platform/order":       capability(),
			"internal/platform/proof":       capability(),
			"internal/platform/account":     capability("golang.org/x/crypto/argon2", "github.com/pquerna/otp"),
		}},
		{"what explains", pure, map[string][]string{
			"internal/sandbox/explain": {"internal/base/near", "internal/base/fault", "apiv3", "apiv3/gm", "golang.org/x/text"},
			"internal/sandbox/sample":  {"internal/base/fault"},
			"internal/sandbox/record":  {"go.yaml.in/yaml/v3"},
			"internal/catalogue":       {"wire"},
		}},
		{"platform and sandbox, with files", noHTTP, map[string][]string{
			"internal/platform/keyring": capability("internal/base/rsakey", "internal/base/secretfile", "apiv2", "apiv3/gm"),
			"internal/sandbox":          capability("internal/sandbox/sample"),
			"internal/sandbox/scenario": {"client", "wire/...", "internal/base/fault", "go.yaml.in/yaml/v3"},
		}},
		{"platform and sandbox, with HTTP", whole, map[string][]string{
			"internal/platform/notify": capability("internal/base/outbound", "wire/notify", "wire/schema"),
			"internal/sandbox/journal": {"internal/base/fault"},
		}},
		{"edge", whole, map[string][]string{
			"internal/edge/serve": {
				"internal/base/fault", "internal/base/clock", "internal/base/limit", "apiv3", "wire", "wire/schema",
				"github.com/go-json-experiment/json",
			},
			"internal/edge/httpapi": edge(
				"internal/busifavor/stocks", "internal/busifavor/issue", "internal/busifavor/redeem", "internal/busifavor/held",
				"internal/busifavor/subsidy", "internal/busifavor/card",
				"internal/favor/stocks", "internal/favor/send", "internal/favor/pay", "internal/favor/held", "internal/favor/bill",
				"internal/platform/media", "internal/platform/partnership", "internal/platform/keyring", "internal/base/limit",
				"internal/platform/notify", "internal/store/once",
				"internal/base/lane", "internal/base/telemetry", "internal/sandbox", "internal/sandbox/journal"),
			"internal/edge/console": edge(
				"internal/base/limit",
				"internal/busifavor/stocks", "internal/busifavor/issue", "internal/busifavor/redeem", "internal/busifavor/held", "internal/busifavor/card",
				"internal/busifavor/subsidy",
				"internal/favor/stocks", "internal/favor/held", "internal/favor/send", "internal/favor/pay", "internal/favor/bill",
				"internal/platform/ledger", "internal/platform/statistics", "internal/platform/attention", "internal/platform/order",
				"internal/platform/notify", "internal/platform/registry",
				"internal/platform/keyring", "internal/platform/account", "internal/platform/audit", "internal/platform/proof",
				"internal/platform/retention", "internal/platform/drafting",
				"internal/base/telemetry", "internal/sandbox", "internal/sandbox/journal", "internal/sandbox/explain", "internal/sandbox/sample",
				"internal/sandbox/record",
				"internal/catalogue", "web", "github.com/boombuler/barcode"),
			"internal/edge/claim": edge("internal/busifavor/issue", "internal/base/telemetry", "internal/busifavor/held",
				"internal/favor/send", "internal/favor/held",
				"internal/platform/keyring", "internal/base/limit", "internal/sandbox/journal", "apiv2", "github.com/boombuler/barcode"),
			"internal/edge/redirect": slices.Concat(pureRules(), []string{
				"internal/sandbox", "internal/base/clock", "internal/base/telemetry", "apiv3", "software.sslmate.com/src/go-pkcs12",
			}),
		}},
		{"assembly", whole, map[string][]string{
			"internal/config": {
				"internal/base/fault", "internal/rule/picture", "internal/rule/keep", "internal/base/secretfile", "go.yaml.in/yaml/v3",
				"golang.org/x/term",
			},
			"internal/backup": {
				"internal/base/fault", "internal/base/clock", "internal/base/day", "internal/base/planted",
				"internal/store", "internal/store/sqlitestore", "internal/platform/keyring",
			},
			"internal/server": {"internal/...", "apiv3", "wire/...", "golang.org/x/net", "golang.org/x/sync"},
			"internal/load": {
				"internal/base/rsakey", "internal/base/clock", "internal/base/fault", "client", "apiv3", "wire", "wire/...",
				"golang.org/x/sync",
			},
			"favordtest": {
				"internal/sandbox/scenario", "internal/server", "internal/sandbox", "internal/store", "internal/base/clock",
				"client", "apiv3", "wire/...",
			},
			"cmd/favord": {
				"internal/cli", "internal/cli/term", "internal/base/clock", "internal/config",
				"golang.org/x/crypto/x509roots/fallback",
			},
		}},
		{"command line", whole, map[string][]string{
			"internal/cli": {"internal/cli/...", "internal/sandbox", "internal/base/fault", "github.com/spf13/cobra", "github.com/spf13/pflag"},
			"internal/cli/term": {
				"internal/sandbox", "internal/config", "internal/base/clock", "internal/load", "internal/base/fault", "internal/base/rsakey",
				"client", "apiv3", "apiv3/gm", "wire/...",
				"github.com/spf13/cobra", "github.com/spf13/pflag", "github.com/jedib0t/go-pretty/v6", "go.yaml.in/yaml/v3",
			},
			"internal/cli/call": command("internal/base/near", "internal/catalogue", "internal/server", "internal/config",
				"internal/sandbox/explain", "internal/sandbox/sample", "apiv2", "golang.org/x/net", "github.com/boombuler/barcode"),
			"internal/cli/control": command("internal/sandbox/scenario"),
			"internal/cli/operate": command(),
			"internal/cli/product": command("github.com/vbauerster/mpb/v8", "golang.org/x/sync"),
			"internal/cli/receive": command("apiv3/gm"),
			"internal/cli/serve": command(
				"internal/backup", "internal/server", "internal/store", "internal/rule/merchant", "internal/rule/trail",
				"internal/config", "internal/base/telemetry", "internal/load", "internal/platform/proof", "apiv2",
				"github.com/coreos/go-systemd/v22"),
			"internal/cli/story": command("apiv2", "internal/server", "internal/store", "internal/base/telemetry"),
		}},
		{"from outside", whole, map[string][]string{
			"internal/archtest":        {},
			"internal/size":            {},
			"internal/simulate":        {},
			"internal/corpus":          {"wire", "wire/schema"},
			"e2e":                      {},
			"docs/examples/quickstart": {"client", "apiv3", "wire/busifavor", "wire/schema"},
		}},
	}
}

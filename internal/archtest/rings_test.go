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
		"internal/base/fen", "internal/base/day", "internal/base/ids", "internal/base/near",
		"internal/fault", "internal/merchant", "internal/user", "internal/picture", "internal/partner", "internal/coupon", "internal/voucher",
		"internal/payment", "internal/delivery",
	}
}

// contract is what engines and capabilities build on.
func contract(more ...string) []string {
	return slices.Concat(pureRules(), []string{"internal/store"}, more)
}

// capability is what every capability may use.
func capability(more ...string) []string {
	return contract(append([]string{
		"internal/once", "internal/store/document", "internal/lane", "internal/shelf", "internal/directory", "internal/clock", "internal/telemetry", "apiv3", "golang.org/x/sync",
	}, more...)...)
}

// edge is what every edge may use; never the store.
func edge(more ...string) []string {
	return slices.Concat(pureRules(), []string{"internal/inbound", "internal/clock", "apiv3", "wire", "wire/..."}, more)
}

// command is what every subject of the command line may use; never another subject.
func command(more ...string) []string {
	return append([]string{"internal/cli/term", "internal/sandbox", "internal/fault", "internal/clock", "client", "apiv3", "wire/..."}, more...)
}

// rings says, for every package, what it may know. A package that is not here fails the
// test: adding one means saying what it may know.
func rings() []ring {
	return []ring{
		{"public leaves that calculate", pure, map[string][]string{
			"apiv3/gm":     {"apiv3", "github.com/emmansun/gmsm"},
			"apiv2":        {},
			"wire/schema":  {},
			"wire/openapi": {"wire", "wire/schema"},
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
		{"ground", pure, map[string][]string{
			"internal/base/fen":  {},
			"internal/base/day":  {},
			"internal/base/ids":  {},
			"internal/base/near": {},
			"internal/fault":     {},
			"internal/lane":      {"internal/clock", "internal/fault"},
			"internal/shelf":     {"internal/clock"},
			"internal/clock":     {},
			"internal/limit":     {},
			"internal/rsakey":    {"apiv3"},
		}},
		{"ground that touches the outside", whole, map[string][]string{
			"internal/outbound":   {"internal/fault"},
			"internal/secretfile": {"internal/fault"},
			"internal/telemetry":  {"github.com/prometheus/client_golang"},
		}},
		{"rules", pure, map[string][]string{
			"internal/merchant": {"internal/fault"},
			"internal/user":     {"internal/fault", "internal/merchant"},
			"internal/picture":  {"internal/base/ids", "internal/fault", "internal/merchant"},
			"internal/partner":  {"internal/merchant"},
			"internal/coupon":   {"internal/base/...", "internal/fault", "internal/picture", "internal/merchant", "internal/user"},
			"internal/voucher":  {"internal/base/...", "internal/fault", "internal/picture", "internal/merchant", "internal/user"},
			"internal/payment":  {"internal/base/...", "internal/merchant", "internal/voucher"},
			"internal/delivery": {"internal/base/...", "internal/merchant", "internal/user", "internal/coupon", "internal/voucher"},
		}},
		{"storage contract", pure, map[string][]string{
			"internal/store":          pureRules(),
			"internal/store/document": pureRules(),
			"internal/store/row":      contract("internal/store/document"),
			"internal/once":           contract(),
			"internal/directory":      contract("internal/shelf", "internal/clock"),
		}},
		{"engines", noHTTP, map[string][]string{
			"internal/store/memstore":    contract(),
			"internal/store/sqlitestore": contract("internal/store/row", "internal/store/document", "internal/lane", "modernc.org/sqlite", "golang.org/x/sys"),
			"internal/store/pgstore":     contract("internal/store/row", "internal/store/document", "internal/clock", "github.com/jackc/pgx/v5"),
			"internal/store/pgtest":      {"github.com/jackc/pgx/v5"},
			"internal/store/storetest":   contract("github.com/google/go-cmp", "pgregory.net/rapid"),
			"internal/store/engines":     {"internal/store", "internal/store/..."},
		}},
		{"capabilities", pure, map[string][]string{
			"internal/campaign":    capability(),
			"internal/issue":       capability(),
			"internal/redeem":      capability(),
			"internal/wallet":      capability(),
			"internal/subsidy":     capability(),
			"internal/card":        capability(),
			"internal/promotion":   capability(),
			"internal/grant":       capability(),
			"internal/rail":        capability(),
			"internal/purse":       capability(),
			"internal/statement":   capability(),
			"internal/media":       capability(),
			"internal/partnership": capability(),
			"internal/registry":    capability(),
			"internal/ledger":      capability(),
			"internal/order":       capability(),
			"internal/explain":     {"internal/base/near", "internal/fault", "apiv3", "apiv3/gm", "golang.org/x/text"},
			"internal/catalogue":   {"wire"},
		}},
		{"capabilities that keep files", noHTTP, map[string][]string{
			"internal/keyring":  capability("internal/rsakey", "internal/secretfile", "apiv2", "apiv3/gm"),
			"internal/sandbox":  capability(),
			"internal/scenario": {"client", "wire/...", "internal/fault", "go.yaml.in/yaml/v3"},
		}},
		{"capabilities that speak HTTP", whole, map[string][]string{
			"internal/notify":  capability("internal/outbound", "wire/notify", "wire/schema"),
			"internal/journal": {"internal/fault"},
		}},
		{"edges", whole, map[string][]string{
			"internal/inbound": {"internal/clock", "internal/limit", "apiv3", "wire", "wire/schema", "github.com/go-json-experiment/json"},
			"internal/httpapi": edge(
				"internal/campaign", "internal/issue", "internal/redeem", "internal/wallet", "internal/subsidy", "internal/card",
				"internal/promotion", "internal/grant", "internal/rail", "internal/purse", "internal/statement",
				"internal/media", "internal/partnership", "internal/keyring", "internal/limit", "internal/notify", "internal/once",
				"internal/lane", "internal/telemetry", "internal/sandbox", "internal/journal"),
			"internal/console": edge(
				"internal/limit",
				"internal/campaign", "internal/redeem", "internal/wallet", "internal/card", "internal/promotion",
				"internal/ledger", "internal/order", "internal/notify", "internal/registry", "internal/keyring",
				"internal/telemetry", "internal/sandbox", "internal/journal", "internal/explain", "web"),
			"internal/claim": edge("internal/issue", "internal/telemetry", "internal/wallet", "internal/keyring", "internal/limit", "internal/journal", "apiv2", "github.com/boombuler/barcode"),
			"internal/redirect": slices.Concat(pureRules(), []string{
				"internal/sandbox", "internal/clock", "apiv3", "software.sslmate.com/src/go-pkcs12",
			}),
		}},
		{"assembly", whole, map[string][]string{
			"internal/config": {"internal/fault", "internal/picture", "internal/secretfile", "go.yaml.in/yaml/v3", "golang.org/x/term"},
			"internal/server": {"internal/...", "apiv3", "wire/...", "golang.org/x/net", "golang.org/x/sync"},
			"internal/load":   {"internal/rsakey", "internal/clock", "internal/fault", "client", "apiv3", "wire", "wire/...", "golang.org/x/sync"},
			"favordtest":      {"internal/scenario", "internal/server", "internal/sandbox", "internal/store", "internal/clock", "client", "apiv3", "wire/..."},
			"cmd/favord":      {"internal/cli", "internal/cli/term", "internal/clock", "internal/config", "golang.org/x/crypto/x509roots/fallback"},
		}},
		{"command line", whole, map[string][]string{
			"internal/cli": {"internal/cli/...", "internal/sandbox", "internal/fault", "github.com/spf13/cobra", "github.com/spf13/pflag"},
			"internal/cli/term": {
				"internal/sandbox", "internal/config", "internal/clock", "internal/load", "internal/fault", "internal/rsakey", "client", "apiv3", "apiv3/gm", "wire/...",
				"github.com/spf13/cobra", "github.com/spf13/pflag", "github.com/jedib0t/go-pretty/v6", "go.yaml.in/yaml/v3",
			},
			"internal/cli/call":    command("internal/base/near", "internal/catalogue", "internal/server", "internal/config", "internal/explain", "apiv2"),
			"internal/cli/control": command("internal/scenario"),
			"internal/cli/operate": command(),
			"internal/cli/product": command("github.com/vbauerster/mpb/v8", "golang.org/x/sync"),
			"internal/cli/receive": command("apiv3/gm"),
			"internal/cli/serve": command(
				"internal/server", "internal/store", "internal/config", "internal/telemetry", "internal/load", "apiv2", "github.com/coreos/go-systemd/v22"),
			"internal/cli/story": command("internal/server", "internal/store", "internal/telemetry"),
		}},
		{"from outside", whole, map[string][]string{
			"internal/archtest":        {},
			"e2e":                      {},
			"docs/examples/quickstart": {"client", "apiv3", "wire/busifavor", "wire/schema"},
			"bench": contract(
				"internal/store/sqlitestore", "internal/store/pgstore", "internal/store/pgtest", "internal/issue", "internal/campaign", "internal/directory", "internal/lane",
				"internal/load", "internal/sandbox", "internal/clock", "client", "apiv3", "apiv3/gm", "bench/peers"),
			"bench/peers": {"github.com/jackc/pgx/v5"},
		}},
	}
}

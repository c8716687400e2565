package archtest

import (
	"go/ast"
	"slices"
	"strings"
	"testing"
)

// dialers are those who may connect to somebody, and to whom.
func dialers() []string {
	return []string{
		"client/",                         // the SDK: to the platform
		"internal/base/outbound/",         // to merchants, through its guard
		"internal/cli/",                   // to the server, from the command line
		"internal/load/",                  // to the server, under test
		"internal/sandbox/registry.go",    // to sandboxes of the same user
		"internal/base/telemetry/otlp.go", // to the collector that the configuration names
		"bench/",
	}
}

// connects are what opens a connection, by package.
func connects() map[string][]string {
	return map[string][]string{
		"net":  {"Dial", "DialTimeout", "DialTCP", "DialUDP", "DialIP", "DialUnix", "Dialer"},
		"tls":  {"Dial", "DialWithDialer", "Dialer", "Client"},
		"http": {"Get", "Head", "Post", "PostForm", "Client", "DefaultClient", "Transport", "DefaultTransport"},
		"smtp": {"Dial", "SendMail"},
		"rpc":  {"Dial", "DialHTTP"},
	}
}

// TestOnlyOneDialerLeavesTheServer: a connection to an address that somebody else chose
// goes through the guard of package outbound.
func TestOnlyOneDialerLeavesTheServer(t *testing.T) {
	t.Parallel()
	for path, file := range sources(t) {
		if isTest(path) || slices.ContainsFunc(dialers(), func(may string) bool { return strings.HasPrefix(path, may) }) {
			continue
		}
		ast.Inspect(file.tree, func(n ast.Node) bool {
			selector, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if pkg, ok := selector.X.(*ast.Ident); ok && slices.Contains(connects()[pkg.Name], selector.Sel.Name) {
				t.Errorf("%s: %s.%s; package outbound has the guard for it", file.set.Position(n.Pos()), pkg.Name, selector.Sel.Name)
			}
			return true
		})
	}
}

package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
	"testing"
)

// TestAServiceKeepsItsConfigurationToItself: who has a Service calls its methods; a store or a
// clock in a field would be a way around them.
func TestAServiceKeepsItsConfigurationToItself(t *testing.T) {
	t.Parallel()
	services := 0
	for path, file := range sources(t) {
		if isTest(path) || !strings.HasPrefix(path, "internal/") {
			continue
		}
		seen, open := openFields(file.tree)
		services += seen
		for _, field := range open {
			t.Errorf("%s: the field of Service is open to other packages", file.set.Position(field.Pos()))
		}
	}
	if services == 0 {
		t.Error("there is no type called Service")
	}
}

func TestAnOpenFieldOfAServiceIsFound(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"type Service struct{ config Config }":                           0,
		"type Service struct{ config Config; kinds map[string]Kind }":    0,
		"type Service struct{ Config }":                                  1,
		"type Service struct{ *Config }":                                 1,
		"type Service struct{ kinds int; Store, Clock string }":          1,
		"type Service struct{ config }\ntype config struct{ Store int }": 1,
	} {
		tree, err := parser.ParseFile(token.NewFileSet(), "planted.go", "package planted\n"+text, 0)
		if err != nil {
			t.Fatal(err)
		}
		if seen, open := openFields(tree); seen != 1 || len(open) != want {
			t.Errorf("%s: %d open fields of %d services, want %d of 1", text, len(open), seen, want)
		}
	}
}

// openFields returns how many types of a file are called Service, and their fields that other
// packages reach: exported ones, and embedded ones, whose fields are reached through them.
func openFields(tree *ast.File) (services int, open []*ast.Field) {
	ast.Inspect(tree, func(n ast.Node) bool {
		declared, is := n.(*ast.TypeSpec)
		if !is || declared.Name.Name != "Service" {
			return true
		}
		structure, is := declared.Type.(*ast.StructType)
		if !is {
			return false
		}
		services++
		for _, field := range structure.Fields.List {
			exported := len(field.Names) == 0
			for _, name := range field.Names {
				exported = exported || name.IsExported()
			}
			if exported {
				open = append(open, field)
			}
		}
		return false
	})
	return services, open
}

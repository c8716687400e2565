package archtest

import (
	"go/ast"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestWhatCapabilitiesShowIsFreeOfRows wants that nothing exported by a capability names a type
// of package store, but for Store itself: what edges see are pure types and the capability's own.
func TestWhatCapabilitiesShowIsFreeOfRows(t *testing.T) {
	t.Parallel()
	capabilities := map[string]bool{}
	for _, r := range rings() {
		for name := range r.rooms {
			capabilities[name] = slices.ContainsFunc([]string{"busifavor", "favor", "platform"}, func(wing string) bool {
				return strings.HasPrefix(name, "internal/"+wing+"/")
			})
		}
	}
	for path, file := range sources(t) {
		if isTest(path) || !capabilities[filepath.ToSlash(filepath.Dir(path))] {
			continue
		}
		for _, declaration := range file.tree.Decls {
			for _, shown := range exported(declaration) {
				ast.Inspect(shown, func(n ast.Node) bool {
					if selector, ok := n.(*ast.SelectorExpr); ok {
						if pkg, ok := selector.X.(*ast.Ident); ok && pkg.Name == "store" && selector.Sel.Name != "Store" {
							t.Errorf("%s shows store.%s", file.set.Position(n.Pos()), selector.Sel.Name)
						}
					}
					return true
				})
			}
		}
	}
}

// exported returns what a declaration shows to other packages: signatures of functions, and
// types with their exported fields and methods.
func exported(declaration ast.Decl) (shown []ast.Node) {
	switch d := declaration.(type) {
	case *ast.FuncDecl:
		if d.Name.IsExported() && (d.Recv == nil || receiverIsExported(d.Recv)) {
			shown = append(shown, d.Type)
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch s := spec.(type) {
			case *ast.TypeSpec:
				if s.Name.IsExported() {
					shown = append(shown, exportedParts(s.Type)...)
				}
			case *ast.ValueSpec:
				if s.Type != nil && s.Names[0].IsExported() {
					shown = append(shown, s.Type)
				}
			}
		}
	}
	return shown
}

func exportedParts(t ast.Expr) (shown []ast.Node) {
	fields, ok := t.(*ast.StructType)
	if !ok {
		return []ast.Node{t}
	}
	for _, field := range fields.Fields.List {
		if len(field.Names) == 0 || field.Names[0].IsExported() {
			shown = append(shown, field.Type)
		}
	}
	return shown
}

func receiverIsExported(list *ast.FieldList) bool {
	t := list.List[0].Type
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	name, ok := t.(*ast.Ident)
	return ok && name.IsExported()
}

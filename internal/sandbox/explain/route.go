package explain

import (
	"regexp"
	"slices"
	"strings"

	"github.com/favord/favord/internal/base/near"
)

// Causes that lie in the path itself, which a server looks at before anything else.
const (
	PathCase         Cause = "PATH_CASE"
	PathSlash        Cause = "PATH_SLASH"
	PathPrefix       Cause = "PATH_PREFIX"
	PathUnknown      Cause = "PATH_UNKNOWN"
	MethodNotAllowed Cause = "METHOD_NOT_ALLOWED"
)

// Operation is what a server has under a path.
type Operation struct {
	Method string
	// Path may have parameters, such as /v3/…/stocks/{stock_id}.
	Path string
}

// checkRoute looks whether there is an operation under the path of a request. Without any
// operations it does not judge.
func checkRoute(r *Request, operations []Operation) *Finding {
	path, _, _ := strings.Cut(r.Target, "?")
	methods := under(path, operations)
	if len(operations) == 0 || len(methods) > 0 {
		return checkMethod(r.Method, path, methods)
	}
	slashes := regexp.MustCompile(`/+`)
	for _, way := range []struct {
		cause      Cause
		path       string
		zh, en     string
		zhDo, enDo string
	}{
		{PathSlash, strings.TrimRight(path, "/"), "路径末尾多了斜杠", "the path ends with a slash", "去掉末尾的斜杠", "leave the slash at its end away"},
		{PathSlash, slashes.ReplaceAllString(path, "/"), "路径中有连续的斜杠", "the path has two slashes in a row", "只保留一个斜杠", "have one slash only"},
		{PathPrefix, "/v3" + path, "路径缺少 /v3", "the path lacks /v3", "以 /v3 开头", "begin it with /v3"},
	} {
		if len(under(way.path, operations)) > 0 {
			return stop(clause{cause: way.cause, zh: way.zh + "，因此没有这个接口", en: way.en + ", so that there is no such operation", advice: advice{"应" + way.zhDo, way.enDo}})
		}
	}
	for _, o := range operations {
		if fits(strings.ToLower(o.Path), strings.ToLower(path)) {
			return stop(clause{
				cause: PathCase, zh: "路径的大小写与接口不同，因此没有这个接口", en: "the path differs from that of an operation in case, so that there is none",
				advice: advice{"应写作 " + o.Path, "write " + o.Path},
			})
		}
	}
	c := clause{
		cause: PathUnknown, zh: "没有路径为 " + cut(path) + " 的接口", en: "there is no operation under the path " + cut(path),
		advice: advice{"请对照接口文档", "compare it with the documents"},
	}
	if o := nearest(path, operations); o != nil {
		c.advice = advice{"是否要用 " + o.Method + " " + o.Path, "did you mean " + o.Method + " " + o.Path}
	}
	return stop(c)
}

// under returns the methods of the operations that a path leads to.
func under(path string, operations []Operation) []string {
	var methods []string
	for _, o := range operations {
		if fits(o.Path, path) {
			methods = append(methods, o.Method)
		}
	}
	return methods
}

func checkMethod(method, path string, methods []string) *Finding {
	if len(methods) == 0 || slices.Contains(methods, method) {
		return nil
	}
	list := strings.Join(methods, ", ")
	return stop(clause{
		cause: MethodNotAllowed, zh: cut(path) + " 不接受 " + cut(method) + " 请求", en: cut(path) + " does not take " + cut(method),
		advice: advice{"应使用 " + list, "use " + list},
	})
}

// fits reports whether a path is one of a template such as /v3/a/{b}.
func fits(template, path string) bool {
	t, p := strings.Split(template, "/"), strings.Split(path, "/")
	if len(t) != len(p) {
		return false
	}
	for i := range t {
		if t[i] != p[i] && (!strings.HasPrefix(t[i], "{") || p[i] == "") {
			return false
		}
	}
	return true
}

// nearest returns the operation whose path is nearest to one that leads nowhere, nil when none
// is near. What stands in the place of a parameter does not count.
func nearest(path string, operations []Operation) *Operation {
	parts := strings.Split(strings.TrimRight(path, "/"), "/")
	written := make([]string, len(operations))
	for i, o := range operations {
		template := strings.Split(o.Path, "/")
		for k := range template {
			if strings.HasPrefix(template[k], "{") && k < len(parts) {
				template[k] = parts[k]
			}
		}
		written[i] = strings.Join(template, "/")
	}
	const prefix = "/v3/marketing/" // which all have: only the rest tells them apart
	rest := func(s string) string { return strings.TrimPrefix(s, prefix) }
	for i := range written {
		written[i] = rest(written[i])
	}
	if i := slices.Index(written, near.Word(rest(strings.Join(parts, "/")), written)); i >= 0 {
		return &operations[i]
	}
	return nil
}

package picture_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/picture"
)

// TestOnlyImagesOfThePartiesMayBeNamed, and in a sandbox those of documents.
func TestOnlyImagesOfThePartiesMayBeNamed(t *testing.T) {
	t.Parallel()
	const base = picture.Base("https://img.example.com")
	token := func(letter string) picture.Token { return picture.Token(strings.Repeat(letter, 32)) }
	owners := func(tokens []picture.Token) (map[picture.Token]merchant.ID, error) {
		if len(tokens) == 0 {
			t.Error("owners are looked up for nothing")
		}
		return map[picture.Token]merchant.ID{token("a"): "1900000001", token("b"): "1900000002", token("c"): "1900000003"}, nil
	}
	for name, c := range map[string]struct {
		url                 string
		production, sandbox bool
	}{
		"none":                  {"", true, true},
		"the default":           {picture.DefaultLogo, true, true},
		"the creator's":         {base.URL(token("a")), true, true},
		"the belong merchant's": {base.URL(token("b")), true, true},
		"another merchant's":    {base.URL(token("c")), false, false},
		"nobody's":              {base.URL(token("d")), false, false},
		"of another server":     {"https://img.example.org" + token("a").Path(), false, false},
		"without a scheme":      {token("a").Path(), false, false},
		"another site's":        {"https://example.com/a.png", false, false},
		"no URL":                {"::", false, false},
		"a sample":              {"https://wxpaylogo.qpic.cn/wxpaylogo/x/0", false, true},
		"another sample":        {"https://qpic.cn/xxx", false, true},
		"a sample without TLS":  {"http://qpic.cn/a", false, false},
		"a look-alike":          {"https://qpic.cn.example.com/a", false, false},
		"another look-alike":    {"https://xqpic.cn/a", false, false},
	} {
		for samples, want := range map[bool]bool{false: c.production, true: c.sandbox} {
			images := []picture.Named{{Field: "first", URL: ""}, {Field: "second", URL: c.url}}
			err := picture.Rules{Base: base, Samples: samples}.Check(images, owners, "1900000001", "1900000002")
			if (err == nil) != want || err != nil && (!errors.Is(err, picture.ErrForeign) || fault.Of(err).Field != "second") {
				t.Errorf("%s, with samples %v: %v", name, samples, err)
			}
		}
	}
	broken := errors.New("broken")
	if err := (picture.Rules{Base: base}).Check([]picture.Named{{URL: base.URL(token("a"))}}, func([]picture.Token) (map[picture.Token]merchant.ID, error) {
		return nil, broken
	}); !errors.Is(err, broken) {
		t.Errorf("without owners: %v", err)
	}
}

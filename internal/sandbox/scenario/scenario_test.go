package scenario_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/favord/favord/favordtest"
	"github.com/favord/favord/internal/sandbox/scenario"
)

func TestEveryExampleGoesAsItSays(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../../docs/examples/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	played := 0
	for _, file := range files {
		if filepath.Base(file) == "favord.yaml" {
			continue // a configuration, no scenario
		}
		played++
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			favordtest.Start(t).Play(file)
		})
	}
	if played == 0 {
		t.Error("there are no examples")
	}
}

func TestATypoIsFoundWithItsPlace(t *testing.T) {
	t.Parallel()
	for content, want := range map[string]string{
		"":                                    "s.yaml:0:0: the file is empty",
		"a: [":                                "s.yaml is not YAML",
		"- a":                                 "s.yaml:1:1: a mapping (name: value) is expected here",
		"stepz: []":                           `s.yaml:1:1: unknown field "stepz"; there are: codes, coupons, freeze, name, steps, stocks, vars`,
		"name: x":                             "s.yaml:1:1: the scenario has no steps",
		"steps: 1":                            "s.yaml:1:8: a list is expected here",
		"steps:\n  - {}":                      "s.yaml:2:5: a step has exactly one of",
		"steps:\n  - get: v3":                 "s.yaml:2:10: the path must begin with a slash",
		"steps:\n  - get: /v3\n    post: /v3": "s.yaml:2:5: a step has exactly one of",
		"steps:\n  - get: /v3\n    expect: {statsu: 200}":         `s.yaml:3:14: unknown field "statsu"`,
		"steps:\n  - get: /v3\n    expect: {status: 99}":          "s.yaml:3:22: a number from 100 to 599",
		"steps:\n  - get: /v3\n    expect: {lost: maybe}":         "s.yaml:3:20: true or false is expected here",
		"steps:\n  - get: /v3\n    times: 0":                      "s.yaml:3:12: a number from 1 to 10000",
		"steps:\n  - get: /v3\n    get: /v4":                      `s.yaml:3:5: the field "get" is there twice`,
		"steps:\n  - get: [1]":                                    "s.yaml:2:10: a single value is expected here",
		"coupons:\n  - {openid: x}\nsteps:\n  - get: /v3":         "s.yaml:2:5: stock is missing",
		"vars: 1\nsteps:\n  - get: /v3":                           "s.yaml:1:7: a mapping",
		"steps:\n  - get: /v3\n    save: [a]":                     "s.yaml:3:11: a mapping",
		"codes:\n  - {stock: a, code: [b]}\nsteps:\n  - get: /v3": `s.yaml:2:16: unknown field "code"`,
		strings.Repeat("[", 100_000):                              "is not YAML",
	} {
		_, err := scenario.Parse("s.yaml", []byte(content))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q gives %v, want %s", content, err, want)
		}
	}
}

// TestWhatIsNotAsExpectedIsSaidWithItsPlace plays scenarios that cannot succeed.
func TestWhatIsNotAsExpectedIsSaidWithItsPlace(t *testing.T) {
	t.Parallel()
	s := favordtest.Start(t)
	play := func(content string) error {
		read, err := scenario.Parse("s.yaml", []byte(content))
		if err != nil {
			return err
		}
		return read.Play(t.Context(), "s.yaml", scenario.Stage{Client: s.Client(), Manage: s.Management(), Run: "t"})
	}
	const stock = "/v3/marketing/busifavor/stocks/1282070000000017"
	for content, want := range map[string]string{
		"steps:\n  - get: ${nothing}":                                               `s.yaml:2:10: unknown variable "nothing"`,
		"steps:\n  - get: ${now+x}":                                                 "s.yaml:2:10: not a span of time: +x",
		"steps:\n  - get: ${now":                                                    "lacks its closing brace",
		"steps:\n  - get: " + stock + "\n    expect: {lost: true}":                  "s.yaml:2:10: a trusted answer came",
		"steps:\n  - get: " + stock + "0":                                           "s.yaml:2:10: the answer is 404 RESOURCE_NOT_EXISTS, expected 2xx",
		"steps:\n  - get: " + stock + "\n    expect: {status: 204}":                 "the answer is 200, expected 204",
		"steps:\n  - get: " + stock + "\n    expect: {body: {stock_state: PAUSED}}": `s.yaml:3:34: stock_state is "RUNNING", expected "PAUSED"`,
		"steps:\n  - get: " + stock + "\n    expect: {body: {none: '*'}}":           `none is -, expected "*"`,
		"steps:\n  - get: " + stock + "\n    expect: {body: {stock_name: null}}":    "expected null",
		"steps:\n  - get: " + stock + "\n    save: {a: b.c}":                        "s.yaml:3:15: the answer has no b.c",
		"steps:\n  - clock: {set: soon}":                                            "s.yaml:2:18: not a time: soon",
		"steps:\n  - clock: {set: end}":                                             "s.yaml:2:12: ",
		"steps:\n  - clock: {advance: 1x}":                                          "s.yaml:2:22: not a span of time: 1x",
		"steps:\n  - clock: {stop: 1}":                                              `s.yaml:2:13: unknown field "stop"`,
		"steps:\n  - fault: {kynd: ERROR}":                                          "s.yaml:2:12: the fault is wrong",
		"steps:\n  - fault: {kind: ERROR}":                                          "s.yaml:2:12: ",
		"stocks: {a: 1}":                                                            "s.yaml:1:13: a stock is a mapping",
		"stocks: {a: {stock_type: WRONG}}":                                          "s.yaml:1:13: the answer is 400 PARAM_ERROR, expected 2xx",
		"coupons:\n  - {stock: '1'}\nsteps:\n  - get: /":                            "s.yaml:2:13: the answer is 4",
	} {
		if err := play(content); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q gives %v, want %s", content, err, want)
		}
	}
}

func FuzzParseNeverPanics(f *testing.F) {
	f.Add([]byte("name: a\nsteps:\n  - get: /v3\n    expect: {status: 200, body: {a: 1}}\n"))
	f.Add([]byte("stocks: {a: {}}\ncoupons: [{stock: ${a}}]\nsteps: [{clock: {advance: 1h}}, {fault: clear}]"))
	f.Fuzz(func(t *testing.T, content []byte) {
		if s, err := scenario.Parse("f", content); (s == nil) == (err == nil) && err == nil {
			t.Errorf("%q gives nothing", content)
		}
	})
}

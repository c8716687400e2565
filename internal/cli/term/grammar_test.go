package term_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/cli/term"
)

// spec has a command for each kind of field.
type spec struct {
	Play   play  `cmd:"" help:"text"`
	Nested group `cmd:"" help:"text"`
	Pass   pass  `cmd:"" help:"text"`
}

type shared struct {
	Output string `short:"o" enum:"table,json" default:"table" help:"text"`
}

type play struct {
	shared
	Title    string        `arg:"" help:"text"`
	Count    int64         `arg:"" optional:"" default:"3" help:"text"`
	ReadyURL string        `help:"text" env:"READY_URL"`
	Rate     float64       `help:"text"`
	Wait     time.Duration `help:"text"`
	Loud     bool          `short:"l" help:"text"`
	Tags     []string      `help:"text"`
	Lines    []string      `sep:"none" help:"text"`
	File     string        `type:"path" help:"text"`
	Left     string        `xor:"side" help:"text"`
	Right    string        `xor:"side" help:"text"`
}

type group struct {
	List list `cmd:"" default:"withargs" help:"text"`
	Show pass `cmd:"" help:"text"`
}

type list struct {
	Side string `xor:"from" required:"" help:"text"`
	Top  string `xor:"from" required:"" help:"text"`
}

type pass struct {
	Words []string `arg:"" optional:"" passthrough:"" help:"text"`
}

// grammar is one whose program is x, and which runs what a struct describes.
func grammar(english bool, run func(spec any) error) (*term.Grammar, *cobra.Command) {
	g := &term.Grammar{
		Texts: map[string]fault.Text{"text": {ZH: "文", EN: "text"}, "help": {ZH: "用法", EN: "help"}}, English: english,
		Env: func(string) string { return "" }, Run: run,
	}
	root := &cobra.Command{Use: "x", SilenceErrors: true, SilenceUsage: true, Args: term.Unknown, RunE: func(*cobra.Command, []string) error { return nil }}
	root.SetFlagErrorFunc(term.FlagError)
	g.Add(root, &spec{})
	return g, root
}

// played parses a command line and returns the struct that it filled.
func played(env map[string]string, args ...string) (got any, err error) {
	g, root := grammar(true, func(spec any) error { got = spec; return nil })
	g.Env = func(name string) string { return env[name] }
	root.SetArgs(args)
	return got, root.Execute()
}

func TestACommandLineFillsItsStruct(t *testing.T) {
	t.Parallel()
	here, err := filepath.Abs("x.json")
	if err != nil {
		t.Fatal(err)
	}
	for line, want := range map[string]play{
		"play a":                               {shared: shared{"table"}, Title: "a", Count: 3},
		"play a 7 -o json -l":                  {shared: shared{"json"}, Title: "a", Count: 7, Loud: true},
		"play --loud=false a --rate 2.5":       {shared: shared{"table"}, Title: "a", Count: 3, Rate: 2.5},
		"play a --wait 90s --ready-url u":      {shared: shared{"table"}, Title: "a", Count: 3, Wait: 90 * time.Second, ReadyURL: "u"},
		"play a --tags b,c --tags d":           {shared: shared{"table"}, Title: "a", Count: 3, Tags: []string{"b", "c", "d"}},
		"play a --lines b,c --lines d":         {shared: shared{"table"}, Title: "a", Count: 3, Lines: []string{"b,c", "d"}},
		"play a --file x.json":                 {shared: shared{"table"}, Title: "a", Count: 3, File: here},
		"play a --file -":                      {shared: shared{"table"}, Title: "a", Count: 3, File: "-"},
		"play -- -a":                           {shared: shared{"table"}, Title: "-a", Count: 3},
		"play a --left x":                      {shared: shared{"table"}, Title: "a", Count: 3, Left: "x"},
		"play a --rate 1 --rate 2 -o table -l": {shared: shared{"table"}, Title: "a", Count: 3, Rate: 2, Loud: true},
	} {
		got, err := played(nil, strings.Fields(line)...)
		if err != nil {
			t.Errorf("%s: %v", line, err)
			continue
		}
		if diff := cmp.Diff(want, *got.(*play), cmp.AllowUnexported(play{}, shared{})); diff != "" {
			t.Errorf("%s:\n%s", line, diff)
		}
	}
}

func TestTheEnvironmentStandsInForAFlag(t *testing.T) {
	t.Parallel()
	env := map[string]string{"READY_URL": "from env"}
	for want, args := range map[string][]string{"from env": {"play", "a"}, "given": {"play", "a", "--ready-url", "given"}} {
		got, err := played(env, args...)
		if err != nil || got.(*play).ReadyURL != want {
			t.Errorf("%v: %v, %v", args, got, err)
		}
	}
}

func TestADefaultCommandRunsUnnamed(t *testing.T) {
	t.Parallel()
	for _, line := range []string{"nested --side a", "nested list --side a"} {
		if got, err := played(nil, strings.Fields(line)...); err != nil || got.(*list).Side != "a" {
			t.Errorf("%s: %v, %v", line, got, err)
		}
	}
}

func TestWhatAnotherProgramGetsIsNotParsed(t *testing.T) {
	t.Parallel()
	for line, want := range map[string][]string{"pass": nil, "pass -- ls -l --all": {"ls", "-l", "--all"}, "pass ls -l": {"ls", "-l"}} {
		if got, err := played(nil, strings.Fields(line)...); err != nil || !cmp.Equal(got.(*pass).Words, want) {
			t.Errorf("%s: %v, %v", line, got, err)
		}
	}
}

func TestAWrongCommandLineSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"play":                      "arguments are missing: expected <title> [<count>]",
		"play a 1 2":                "unexpected argument: 2",
		"play a b":                  `<count>: "b" is not a whole number`,
		"play a --rate NaN":         `--rate: "NaN" is not a number`,
		"play a --wait soon":        `--wait: "soon" is not a duration such as 90s or 5m`,
		"play a --loud=perhaps":     `--loud: "perhaps" is neither true nor false`,
		"play a -o xml":             `--output: "xml" must be one of table, json`,
		"play a -o":                 "-o needs a value",
		"play a --tags":             "--tags needs a value",
		"play a --tagz b":           "x play has no flag --tagz; did you mean --tags?",
		"play a -q":                 "x play has no flag -q",
		"play a --=b":               "not a flag: --=b",
		"play a --left b --right":   "--right needs a value",
		"play a --left b --right=c": "--left and --right cannot be used together",
		"nested":                    "missing flags: --side or --top",
		"nested shwo":               `x nested has no command "shwo"; did you mean show?`,
		"plau --nonsense":           `x has no command "plau"; did you mean play?`,
	} {
		_, err := played(nil, strings.Fields(line)...)
		if _, is := errors.AsType[*term.Usage](err); !is || err.Error() != want {
			t.Errorf("%s: %v, want %s", line, err, want)
		}
	}
}

func TestHelpSaysOfAlternativesThatOneOfThemIsWanted(t *testing.T) {
	t.Parallel()
	for _, one := range []struct {
		english bool
		command string
		want    []string
	}{
		{true, "nested list", []string{"--side=SIDE  text (one of --side, --top is required)", "--top=TOP    text (one of"}},
		{false, "nested list", []string{"--top=TOP    文（--side、--top 任选其一，必填）"}},
		{true, "play", []string{"text (at most one of --left, --right)", "--rate=N               text\n"}},
		{false, "play", []string{"文（--left、--right 至多其一）"}},
	} {
		g, root := grammar(one.english, nil)
		cmd, _, err := root.Find(strings.Fields(one.command))
		if err != nil {
			t.Fatal(err)
		}
		help := g.Help(cmd, term.Table{})
		var manual strings.Builder
		if err := g.Manual(&manual, root, "1", nil); err != nil {
			t.Fatal(err)
		}
		for _, want := range one.want {
			if !strings.Contains(help, want) {
				t.Errorf("%s lacks %q:\n%s", one.command, want, help)
			}
		}
		if strings.Contains(help, "(required)") || strings.Contains(manual.String(), "(required)") {
			t.Errorf("an alternative is called required:\n%s\n%s", help, manual.String())
		}
	}
}

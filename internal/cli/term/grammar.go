package term

import (
	"reflect"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/favord/favord/internal/base/fault"
)

// Grammar turns structs into commands. A field of a command's struct is
//
//   - a command below it, with the tag cmd; default makes it the one that runs when none is
//     named, and hidden keeps it out of help;
//   - an argument, with the tag arg; optional ones come last, and a slice takes all that follow;
//   - a flag otherwise. An embedded struct brings its fields along.
//
// The tag help names a text. These say more about flags and arguments:
//
//	name         the name, if it is not that of the field
//	short        one letter
//	default      the value without one
//	env          the environment variable that is asked before the default
//	enum         the allowed values, separated by commas
//	placeholder  how help writes the value
//	required     it must be given
//	xor          of the flags that name the same group one may be given
//	sep          "none": values of a slice are not separated by commas, the flag is repeated
//	type         "path": the name of a file, which is made absolute
//	passthrough  what follows belongs to another program, flags included
type Grammar struct {
	// Texts are what help tells, by name.
	Texts   map[string]fault.Text
	English bool
	// Env returns an environment variable, empty when it is not set.
	Env func(name string) string
	// Run runs the command that a struct describes, once its fields are filled in.
	Run func(spec any) error

	lines map[*cobra.Command]*line
}

// Add puts the commands of a struct below a command.
func (g *Grammar) Add(parent *cobra.Command, spec any) {
	g.read(parent, &line{grammar: g}, reflect.ValueOf(spec).Elem())
}

// read takes the fields of a struct into a command and its command line.
func (g *Grammar) read(cmd *cobra.Command, l *line, spec reflect.Value) {
	for i := range spec.NumField() {
		field, value := spec.Type().Field(i), spec.Field(i)
		switch {
		case field.Anonymous:
			g.read(cmd, l, value)
		case has(field.Tag, "cmd"):
			g.child(cmd, field, value)
		case has(field.Tag, "arg"):
			l.args = append(l.args, g.value(field, value))
		default:
			l.flag(cmd, g.value(field, value))
		}
	}
}

// child makes a command below another.
func (g *Grammar) child(parent *cobra.Command, field reflect.StructField, spec reflect.Value) {
	cmd := &cobra.Command{
		Short: g.text(field.Tag.Get("help")), Hidden: has(field.Tag, "hidden"), GroupID: field.Tag.Get("group"),
		DisableFlagsInUseLine: true, SilenceErrors: true, SilenceUsage: true,
	}
	l := &line{grammar: g}
	g.read(cmd, l, spec)
	cmd.Use = strings.Join(append([]string{nameOf(field)}, l.usage()...), " ")
	if cmd.HasSubCommands() {
		if cmd.RunE == nil {
			cmd.Args, cmd.RunE = g.unnamed, g.unnamed
		}
	} else {
		l.serve(cmd, spec)
	}
	cmd.Flags().BoolP("help", "h", false, g.text("help"))
	parent.AddCommand(cmd)
	if has(field.Tag, "default") {
		l := &line{grammar: g}
		g.read(parent, l, spec)
		l.serve(parent, spec)
	}
}

// serve lets a command run what a struct describes.
func (l *line) serve(cmd *cobra.Command, spec reflect.Value) {
	run := spec.Addr().Interface()
	if l.grammar.lines == nil {
		l.grammar.lines = map[*cobra.Command]*line{}
	}
	l.grammar.lines[cmd] = l
	if l.passes() {
		cmd.Flags().SetInterspersed(false)
	}
	cmd.ValidArgsFunction = l.complete
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		if cmd.HasSubCommands() && len(args) > len(l.args) {
			return Unknown(cmd, args)
		}
		if err := l.fill(args); err != nil {
			return err
		}
		return l.grammar.Run(run)
	}
}

// text is a text of help. A name without one is a fault of the program.
func (g *Grammar) text(name string) string {
	text, is := g.Texts[name]
	switch {
	case name == "":
		return ""
	case !is:
		panic("no text for " + name)
	case g.English:
		return text.EN
	}
	return text.ZH
}

func has(tag reflect.StructTag, name string) bool {
	_, is := tag.Lookup(name)
	return is
}

// nameOf is the name of a command, an argument or a flag: ReadyFile is ready-file.
func nameOf(field reflect.StructField) string {
	if name := field.Tag.Get("name"); name != "" {
		return name
	}
	runes := []rune(field.Name)
	var b strings.Builder
	for i, r := range runes {
		begins := i > 0 && unicode.IsUpper(r) && (unicode.IsLower(runes[i-1]) || i+1 < len(runes) && unicode.IsLower(runes[i+1]))
		if begins {
			b.WriteByte('-')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

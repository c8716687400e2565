package term

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/favord/favord/internal/base/fault"
)

// Usage is a command line that makes no sense, in both languages.
type Usage struct{ fault.Text } //nolint:errname // it is about the usage

// Error implements error.
func (u *Usage) Error() string { return u.EN }

func usage(zh, en string) error { return &Usage{fault.Text{ZH: zh, EN: en}} }

// zhOf is the Chinese text of an error that has one.
func zhOf(err error) string {
	if u, is := errors.AsType[*Usage](err); is {
		return u.ZH
	}
	return err.Error()
}

// FlagError says in both languages what the parser of flags found.
func FlagError(cmd *cobra.Command, err error) error {
	if before := cmd.Flags().Args(); cmd.HasSubCommands() && len(before) > 0 {
		return Unknown(cmd, before)
	}
	if e, is := errors.AsType[*pflag.NotExistError](err); is {
		name := dashed(e.GetSpecifiedName(), e.GetSpecifiedShortnames())
		zh, en := fmt.Sprintf("%s 没有选项 %s", cmd.CommandPath(), name), fmt.Sprintf("%s has no flag %s", cmd.CommandPath(), name)
		if near := nearFlag(cmd, e.GetSpecifiedName()); near != "" {
			zh, en = zh+"；是否要用 "+near+"？", en+"; did you mean "+near+"?"
		}
		return usage(zh, en)
	}
	if e, is := errors.AsType[*pflag.ValueRequiredError](err); is {
		name := dashed(e.GetSpecifiedName(), e.GetSpecifiedShortnames())
		return usage("选项 "+name+" 缺少取值", name+" needs a value")
	}
	if e, is := errors.AsType[*pflag.InvalidValueError](err); is {
		name := "--" + e.GetFlag().Name
		cause := e.Unwrap()
		return usage(name+"："+zhOf(cause), name+": "+cause.Error())
	}
	if e, is := errors.AsType[*pflag.InvalidSyntaxError](err); is {
		return usage("选项写法有误："+e.GetSpecifiedFlag(), "not a flag: "+e.GetSpecifiedFlag())
	}
	return err
}

// dashed writes a flag as it was given: --long, or the letter of a group of short ones.
func dashed(name, shorts string) string {
	if shorts != "" {
		return "-" + name
	}
	return "--" + name
}

// nearFlag is the flag that begins like a name, or like which the name begins.
func nearFlag(cmd *cobra.Command, name string) (near string) {
	const enough = 3 // letters that are no coincidence
	if len(name) < enough {
		return ""
	}
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if near == "" && (strings.HasPrefix(f.Name, name[:enough]) || strings.HasSuffix(f.Name, "-"+name)) {
			near = "--" + f.Name
		}
	})
	return near
}

// unnamed refuses a group without the name of one of its commands, or with another name.
func (g *Grammar) unnamed(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		list := names(cmd)
		return usage("请写明要做什么："+strings.Join(list, "、"), "name one of its commands: "+strings.Join(list, ", "))
	}
	return Unknown(cmd, args)
}

// Unknown refuses a command that does not exist, and names those that are spelled alike.
func Unknown(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	zh := fmt.Sprintf("%s 没有命令“%s”", cmd.CommandPath(), args[0])
	en := fmt.Sprintf("%s has no command %q", cmd.CommandPath(), args[0])
	const apart = 2 // letters
	cmd.SuggestionsMinimumDistance = apart
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		zh, en = zh+"；是否要用 "+strings.Join(near, "、")+"？", en+"; did you mean "+strings.Join(near, ", ")+"?"
	}
	return usage(zh, en)
}

// names lists the commands below one.
func names(cmd *cobra.Command) (list []string) {
	for _, child := range cmd.Commands() {
		if !child.Hidden {
			list = append(list, child.Name())
		}
	}
	return list
}

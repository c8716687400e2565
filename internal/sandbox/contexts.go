package sandbox

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/favord/favord/internal/base/fault"
)

// Contexts are environments under names, of which one may be the current one: whom commands
// talk to when nobody says otherwise.
type Contexts struct {
	// Dir is where they are kept, for their owner only.
	Dir string
}

// RunningContext is the name of the sandbox that runs on this machine. It is always there
// and never kept.
const RunningContext = "sandbox"

// current is the file with the name of the current context.
const current = "current"

const contextSuffix = ".json"

// Refusals of a context.
var (
	errContextName = fault.New(fault.Refused,
		"上下文名须为1到64个小写字母、数字、“-”或“_”，以字母或数字开头，且不为sandbox",
		"The name of a context has 1 to 64 lower-case letters, digits, - or _, begins with a letter or a digit, and is not sandbox.")
	errNoContext = fault.New(fault.Refused,
		"没有这个上下文，见 favord context list", "There is no such context; see `favord context list`.")
)

func (c Contexts) file(name string) (string, error) {
	if !isName(name) || name == RunningContext {
		return "", errContextName
	}
	return filepath.Join(c.Dir, name+contextSuffix), nil
}

// Add keeps an environment under a name, in place of what was there.
func (c Contexts) Add(name string, e *Environment) error {
	file, err := c.file(name)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return fmt.Errorf("contexts: %w", err)
	}
	return e.WriteFile(file)
}

// Read returns the environment that is kept under a name.
func (c Contexts) Read(name string) (Environment, error) {
	file, err := c.file(name)
	if err != nil {
		return Environment{}, err
	}
	e, err := ReadEnvironment(file)
	if errors.Is(err, fs.ErrNotExist) {
		return Environment{}, errNoContext
	}
	return e, err
}

// Remove forgets a context. If it was the current one, the running sandbox is.
func (c Contexts) Remove(name string) error {
	file, err := c.file(name)
	if err != nil {
		return err
	}
	err = os.Remove(file)
	if errors.Is(err, fs.ErrNotExist) {
		return errNoContext
	}
	if err == nil && c.Current() == name {
		return c.Use(RunningContext)
	}
	return err
}

// Use makes a context the current one.
func (c Contexts) Use(name string) error {
	if name == RunningContext {
		if err := os.Remove(filepath.Join(c.Dir, current)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("contexts: %w", err)
		}
		return nil
	}
	if _, err := c.Read(name); err != nil {
		return err
	}
	return WritePrivate(filepath.Join(c.Dir, current), []byte(name))
}

// Current returns the name of the current context.
func (c Contexts) Current() string {
	name, err := os.ReadFile(filepath.Join(c.Dir, current))
	if err != nil {
		return RunningContext
	}
	return strings.TrimSpace(string(name))
}

// List lists the names of the contexts.
func (c Contexts) List() ([]string, error) {
	files, err := filepath.Glob(filepath.Join(c.Dir, "*"+contextSuffix))
	if err != nil {
		return nil, fmt.Errorf("contexts: %w", err)
	}
	names := []string{RunningContext}
	for _, file := range files {
		names = append(names, strings.TrimSuffix(filepath.Base(file), contextSuffix))
	}
	return names, nil
}

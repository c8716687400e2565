package config

import (
	"fmt"
	"os"
	"strings"

	"github.com/favord/favord/internal/base/fault"
)

// Vouchers says which rules about cash vouchers hold besides those of every stock. What is
// left out is as the real service has it.
type Vouchers struct {
	// ForbiddenWords are what no name of a stock may have, whatever the case; an empty list
	// is none.
	ForbiddenWords []string `yaml:"forbidden_words"`
	// MonthlyLimit is the face value that a user may receive of one merchant in a calendar
	// month, in fen; 0 is no limit.
	MonthlyLimit *int64 `yaml:"monthly_limit"`
	// RunningLimit is how many stocks that run may name the same available merchant; 0 is no
	// limit.
	RunningLimit *int64 `yaml:"running_limit"`
}

// maxWords bounds the list of forbidden words, as every new stock walks it.
const maxWords = 1000

// problem returns the first thing that is wrong, or nil.
func (v *Vouchers) problem() *fault.Error {
	negative := func(n *int64) bool { return n != nil && *n < 0 }
	switch {
	case len(v.ForbiddenWords) > maxWords:
		return refuse(
			fmt.Sprintf("vouchers.forbidden_words 不能超过 %d 个", maxWords),
			fmt.Sprintf("vouchers.forbidden_words must not be more than %d.", maxWords))
	case negative(v.MonthlyLimit):
		return refuse("vouchers.monthly_limit 不能为负", "vouchers.monthly_limit must not be negative.")
	case negative(v.RunningLimit):
		return refuse("vouchers.running_limit 不能为负", "vouchers.running_limit must not be negative.")
	}
	return nil
}

// ReadWords reads the words that no name of a stock of vouchers may have: one a line, blank lines
// and those that begin with # aside. An empty file is no such word.
func ReadWords(path string) ([]string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fault.New(fault.Refused,
			fmt.Sprintf("无法读取违禁词文件 %s：%v", path, err), fmt.Sprintf("The forbidden words %s cannot be read: %v", path, err))
	}
	words := []string{}
	for line := range strings.Lines(strings.TrimPrefix(string(text), "\ufeff")) {
		if word := strings.TrimSpace(line); word != "" && !strings.HasPrefix(word, "#") {
			words = append(words, word)
		}
	}
	if problem := (&Vouchers{ForbiddenWords: words}).problem(); problem != nil {
		return nil, problem
	}
	return words, nil
}

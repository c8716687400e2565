package backup

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/favord/favord/internal/base/day"
)

// Entry is an archive in a directory.
type Entry struct {
	Path string
	Size int64
	// Mark is that of its manifest; zero when it cannot be read, which Err says.
	Mark time.Time
	Err  error
}

// List lists the archives of a directory, the newest first; those that cannot be read come last.
func List(dir string) ([]Entry, error) {
	files, err := os.ReadDir(dir)
	if err != nil {
		return nil, explain(err, dir)
	}
	var list []Entry
	for _, file := range files {
		if !file.Type().IsRegular() || !strings.HasSuffix(file.Name(), suffix) || !strings.HasPrefix(file.Name(), prefix) {
			continue
		}
		entry := Entry{Path: filepath.Join(dir, file.Name())}
		if info, err := file.Info(); err == nil {
			entry.Size = info.Size()
		}
		a, err := open(entry.Path)
		if err == nil {
			entry.Mark = a.manifest.Mark
			a.close()
		}
		entry.Err = err
		list = append(list, entry)
	}
	slices.SortFunc(list, func(a, b Entry) int { return b.Mark.Compare(a.Mark) })
	return list, nil
}

// Keep says which archives stay: the newest ones, and the newest of each of the latest days, weeks
// and months that have any. Days are those of Beijing; weeks begin on Monday.
type Keep struct{ Last, Daily, Weekly, Monthly int }

// Prune tells which archives of a list go: those that no rule keeps. What cannot be read is left
// to people, and is never counted as an archive that stays.
func (k Keep) Prune(list []Entry) (out []Entry, err error) {
	if k.Last < 0 || k.Daily < 0 || k.Weekly < 0 || k.Monthly < 0 || k == (Keep{}) {
		return nil, refuse("请至少用一个选项说明保留多少份，且数值不能为负", "Say with at least one of the flags how many to keep; none may be negative.")
	}
	rules := []struct {
		left   int
		period func(time.Time) string
		last   string
	}{
		{left: k.Last, period: func(t time.Time) string { return t.String() }},
		{left: k.Daily, period: func(t time.Time) string { return t.In(day.Beijing()).Format(time.DateOnly) }},
		{left: k.Weekly, period: week},
		{left: k.Monthly, period: func(t time.Time) string { return t.In(day.Beijing()).Format("2006-01") }},
	}
	for _, entry := range list {
		if entry.Err != nil {
			continue
		}
		kept := false
		for i := range rules {
			rule := &rules[i]
			if period := rule.period(entry.Mark); rule.left > 0 && period != rule.last {
				rule.left, rule.last, kept = rule.left-1, period, true
			}
		}
		if !kept {
			out = append(out, entry)
		}
	}
	return out, nil
}

func week(t time.Time) string {
	year, number := t.In(day.Beijing()).ISOWeek()
	return fmt.Sprintf("%d-%02d", year, number)
}

// Remove removes an archive.
func (e *Entry) Remove() error { return explain(os.Remove(e.Path), e.Path) }

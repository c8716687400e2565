package term

import (
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

// Table is how rows are written for people.
type Table struct {
	// Width is how many columns the terminal has; 0 is as many as it takes.
	Width int
	// Bold makes heads stand out.
	Bold bool
	// Right sets columns against their right edge, as figures are read.
	Right bool
	// Indent is how many spaces stand before a row.
	Indent int
}

// gap is how many spaces are between two columns.
const gap = 2

// Write lines columns up under their heads, if there are any. What is too wide for the terminal is wrapped in its
// column.
func (t Table) Write(w io.Writer, heads []string, rows [][]string) error {
	if _, err := fmt.Fprint(w, t.String(heads, rows)); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	return nil
}

// String is what Write writes.
func (t Table) String(heads []string, rows [][]string) string {
	out := table.NewWriter()
	style := table.Style{Box: table.StyleBoxDefault, Options: table.OptionsNoBordersAndSeparators}
	style.Box.PaddingLeft, style.Box.PaddingRight = "", strings.Repeat(" ", gap)
	if t.Bold {
		style.Color.Header = text.Colors{text.Bold}
	}
	out.SetStyle(style)
	out.SuppressTrailingSpaces()
	if len(heads) > 0 {
		out.AppendHeader(cells(heads))
	}
	for _, row := range rows {
		out.AppendRow(cells(row))
	}
	out.SetColumnConfigs(t.columns(append([][]string{heads}, rows...)))
	margin := strings.Repeat(" ", t.Indent)
	var b strings.Builder
	for line := range strings.Lines(out.Render()) {
		b.WriteString(margin + strings.TrimRight(line, "\n") + "\n")
	}
	return b.String()
}

// columns narrows the widest column to what the terminal has left for it.
func (t Table) columns(rows [][]string) []table.ColumnConfig {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], Width(cell))
		}
	}
	total, widest := t.Indent-gap, 0
	columns := make([]table.ColumnConfig, len(widths))
	for i, width := range widths {
		total += width + gap
		if width > widths[widest] {
			widest = i
		}
		columns[i].Number = i + 1
		if t.Right {
			columns[i].Align, columns[i].AlignHeader = text.AlignRight, text.AlignRight
		}
	}
	const least = 16 // a narrower column is no longer read
	if t.Width > 0 && total > t.Width {
		columns[widest].WidthMax = max(least, widths[widest]-(total-t.Width))
		columns[widest].WidthMaxEnforcer = text.WrapSoft
	}
	return columns
}

func cells(list []string) table.Row {
	row := make(table.Row, len(list))
	for i, cell := range list {
		row[i] = harmless(cell)
	}
	return row
}

// harmless takes out of a text what would steer a terminal.
func harmless(cell string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' {
			return '�'
		}
		return r
	}, cell)
}

// Width is how many columns a text takes: most Chinese characters take two.
func Width(cell string) int { return text.LongestLineLen(cell) }

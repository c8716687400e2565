package term

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Format is how a command prints what it got.
type Format string

// PrintsCSV reports a command, described by a struct, that was asked for CSV.
func PrintsCSV(spec any) bool {
	output := reflect.Indirect(reflect.ValueOf(spec)).FieldByName("Output")
	return output.IsValid() && output.Type() == reflect.TypeFor[Format]() && output.String() == "csv"
}

// Print writes a value: as a document in JSON or YAML, or as rows under heads, as a table for
// people or as CSV for spreadsheets.
func (f Format) Print(c *Command, value any, heads []string, rows [][]string) error {
	w := c.Out
	switch f {
	case "json":
		var text bytes.Buffer
		encoder := json.NewEncoder(&text)
		encoder.SetEscapeHTML(false) // URLs have ampersands
		if err := encoder.Encode(value); err != nil {
			return fmt.Errorf("encode: %w", err)
		}
		return PrintJSON(w, bytes.TrimSpace(text.Bytes()))
	case "yaml":
		return printYAML(w, value)
	case "csv":
		return PrintCSV(w, append([][]string{heads}, rows...))
	default:
		return c.Table().Write(w, heads, rows)
	}
}

// printYAML goes by way of JSON, so that names and omissions are the same.
func printYAML(w io.Writer, value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("encode: %w", err)
	}
	var node yaml.Node
	if err := yaml.Unmarshal(text, &node); err != nil {
		return fmt.Errorf("encode: %w", err)
	}
	plain(&node)
	encoder := yaml.NewEncoder(w)
	encoder.SetIndent(2)
	if err := encoder.Encode(&node); err != nil {
		return fmt.Errorf("encode: %w", err)
	}
	return encoder.Close()
}

// plain takes the style of JSON off a document.
func plain(n *yaml.Node) {
	n.Style = 0 // a text that looks like a number keeps its quotes, because its tag says so
	for _, child := range n.Content {
		plain(child)
	}
}

// PrintCSV writes rows for a spreadsheet: what would start a formula there does not.
func PrintCSV(w io.Writer, rows [][]string) error {
	out := csv.NewWriter(w)
	for _, row := range rows {
		safe := make([]string, len(row))
		for i, cell := range row {
			if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
				cell = "'" + cell
			}
			safe[i] = cell
		}
		if err := out.Write(safe); err != nil {
			return fmt.Errorf("write: %w", err)
		}
	}
	out.Flush()
	return out.Error()
}

// Table is how the user's terminal shows rows.
func (c *IO) Table() Table { return Table{Width: c.Width, Bold: c.Bold} }

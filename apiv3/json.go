package apiv3

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// EncodeJSON encodes a value as the platform writes its bodies: UTF-8 as it is, nothing
// escaped for HTML, no line end. It fails where [json.Marshal] does.
func EncodeJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("apiv3: encode JSON: %w", err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

package trail

import (
	"bytes"
	"encoding/json"
)

// Between returns what a change replaced, and by what: the members that differ of two values
// that are objects in JSON, as objects. Nil is nothing. Values are the caller's own, and hold
// neither secrets nor openids: what is in the audit stays there.
func Between(before, after any) (was, became string) {
	old, current := members(before), members(after)
	for name, value := range old {
		if bytes.Equal(value, current[name]) {
			delete(old, name)
			delete(current, name)
		}
	}
	return text(old), text(current)
}

// members are those of a value; none of one that is no object.
func members(value any) map[string]json.RawMessage {
	document, is := value.([]byte)
	if !is {
		var err error
		if document, err = json.Marshal(value); err != nil {
			return nil
		}
	}
	found := map[string]json.RawMessage{}
	if json.Unmarshal(document, &found) != nil {
		return nil
	}
	return found
}

// text is an object, its members in the order of their names; nothing when it has none.
func text(object map[string]json.RawMessage) string {
	if len(object) == 0 {
		return ""
	}
	document, err := json.Marshal(object)
	if err != nil {
		return ""
	}
	return string(document)
}

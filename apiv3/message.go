package apiv3

import "strings"

// Request is what a request signature covers, besides the values that travel
// in the Authorization header.
type Request struct {
	// Method is upper case, as on the request line.
	Method string
	// Target is the request target as on the request line: path and query,
	// byte for byte, never decoded, sorted or re-encoded.
	Target string
	// Body is the raw body. For uploads it is the content of the meta part
	// alone, see [UploadMeta].
	Body []byte
}

// RequestMessage returns the five-line text that a caller signs:
// method, target, timestamp, nonce and body, each ended by one LF, the last
// included (protocol 2.3).
func RequestMessage(r Request, timestamp, nonce string) []byte {
	size := len(r.Method) + len(r.Target) + len(timestamp) + len(nonce) + len(r.Body) + 5
	message := make([]byte, 0, size)
	for _, line := range [...]string{r.Method, r.Target, timestamp, nonce} {
		message = append(message, line...)
		message = append(message, '\n')
	}
	message = append(message, r.Body...)
	return append(message, '\n')
}

// ResponseMessage returns the three-line text that the platform signs for an
// answer or a notification: timestamp, nonce and body, each ended by one LF
// (protocol 3.1). The body of a 204 is empty.
func ResponseMessage(timestamp, nonce string, body []byte) []byte {
	message := make([]byte, 0, len(timestamp)+len(nonce)+len(body)+3)
	message = append(message, timestamp...)
	message = append(message, '\n')
	message = append(message, nonce...)
	message = append(message, '\n')
	message = append(message, body...)
	return append(message, '\n')
}

// withoutBareQuestionMark drops a "?" that ends the target. One SDK sends it
// but leaves it out of the message it signs (protocol 2.3).
func withoutBareQuestionMark(target string) (string, bool) {
	return strings.CutSuffix(target, "?")
}

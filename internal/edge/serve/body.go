package serve

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/limit"
)

// ErrLarge is a body with more bytes than it may have.
var ErrLarge = errors.New("serve: the body is too large")

// BodyPace is how fast bodies must come at least: the largest in some ten seconds.
func BodyPace() limit.Pace { return limit.Pace{Grace: 3 * time.Second, Rate: 256 << 10} }

// piece is how much of a body is read before its pace is looked at again.
const piece = 32 << 10

// ReadBody reads a body of at most so many bytes, which must come at a pace, so that nobody
// keeps a place by sending slowly. Its size in advance, or a negative number, says how much
// memory to take at once.
func ReadBody(control *http.ResponseController, body io.Reader, size, most int64, pace limit.Pace) ([]byte, error) {
	if size > most {
		return nil, ErrLarge
	}
	var read bytes.Buffer
	if size > 0 {
		read.Grow(int(size) + bytes.MinRead)
	}
	began := clock.System{}.Now()
	for {
		now := clock.System{}.Now()
		// Not every connection can; what it has then bounds it.
		_ = control.SetReadDeadline(now.Add(pace.Left(int64(read.Len()), now.Sub(began))))
		_, err := io.CopyN(&read, body, min(piece, most+1-int64(read.Len())))
		switch {
		case int64(read.Len()) > most:
			return nil, ErrLarge
		case errors.Is(err, io.EOF):
			// Else what watches the connection from now on takes the end of the time for that
			// of the client.
			_ = control.SetReadDeadline(time.Time{})
			return read.Bytes(), nil
		case err != nil:
			return nil, fmt.Errorf("serve: read body: %w", err)
		}
	}
}

package term

import (
	"errors"

	"github.com/favord/favord/client"
)

// beginAgain is how often a stock that begins now is tried again.
const beginAgain = 5

// FromNow creates a stock of vouchers that is to begin at once. A begin in the past is refused,
// and the second that create reads may be over when its call arrives: then it is called again.
func FromNow[T any](create func() (T, error)) (T, error) {
	created, err := create()
	for range beginAgain {
		if !errors.Is(err, client.ErrRequestBlocked) {
			break
		}
		created, err = create()
	}
	return created, err
}

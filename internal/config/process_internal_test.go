package config

import (
	"testing"
	"time"
)

func TestTheAgeOfAProcessIsReadFromItsStatus(t *testing.T) {
	t.Parallel()
	const fields = " S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 1500 20"
	for name, stat := range map[string]string{"plain": "7 (favord)" + fields, "odd name": "7 (a) b (c d)" + fields} {
		if age, err := processAge([]byte(stat), []byte("16.25 30.00\n")); err != nil || age != 1250*time.Millisecond {
			t.Errorf("%s: %v, %v", name, age, err)
		}
	}
	for name, stat := range map[string]string{"empty": "", "short": "7 (favord) S 1", "no number": "7 (f) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 x"} {
		if _, err := processAge([]byte(stat), []byte("16.25 30.00\n")); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

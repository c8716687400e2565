package operate

import (
	"strconv"
	"strings"

	"github.com/favord/favord/client"
	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/wire/manage"
)

type keysRekey struct{ term.Managed }

// fingerprintShown is how many digits of a fingerprint tell keys apart for people.
const fingerprintShown = 8

// Run implements the command. It makes steps until everything is sealed with the first key.
func (k *keysRekey) Run(c *term.Command) error {
	heads := []string{c.Choose("检查", "LOOKED AT"), c.Choose("重新密封", "SEALED ANEW"), c.Choose("停用的密钥", "RETIRED KEYS")}
	return term.ManageRun(c, &k.Managed, func(m *client.Management) (*manage.Rekeyed, error) {
		var all manage.Rekeyed
		for !all.Done {
			step, err := m.Rekey(c.Ctx, &manage.RekeyRequest{After: all.Next})
			if err != nil {
				return nil, err
			}
			if all.Next == "" { // from the beginning, perhaps again
				all.Looked = 0
			}
			all.Looked += step.Looked
			all.Resealed += step.Resealed
			all.Next, all.Done, all.Retired = step.Next, step.Done, append(all.Retired, step.Retired...)
		}
		return &all, nil
	}, heads, func(all *manage.Rekeyed) [][]string {
		short := make([]string, len(all.Retired))
		for i, f := range all.Retired {
			short[i] = f[:min(fingerprintShown, len(f))]
		}
		return [][]string{{strconv.FormatInt(all.Looked, 10), strconv.FormatInt(all.Resealed, 10), strings.Join(short, " ")}}
	})
}

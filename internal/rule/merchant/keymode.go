package merchant

import "time"

// SetKeyMode changes which kind of platform key the merchant trusts, from a moment of signature
// time on. Setting a mode that it has already changes nothing.
func (m *Merchant) SetKeyMode(mode KeyMode, at time.Time) {
	if m.KeyMode == mode && !m.KeyModeSince.IsZero() {
		return
	}
	m.KeyMode, m.KeyModeSince = mode, at.Truncate(time.Second)
}

// publicKeyShares are how large a part of a migrating merchant's notifications the public key
// signs on each day after it was switched on (protocol 3.5).
func publicKeyShares() []float64 { return []float64{0.001, 0.01, 0.05, 0.1, 0.2, 0.5, 1} }

// PublicKeyShare is how large a part of the merchant's notifications the public key signs at
// now, which is signature time: 0 to 1 (protocol 3.5).
func (m *Merchant) PublicKeyShare(now time.Time) float64 {
	switch {
	case m.KeyMode == ModePublicKey:
		return 1
	case m.KeyMode != ModeMigrating || m.KeyModeSince.IsZero() || now.Before(m.KeyModeSince):
		return 0
	}
	const aDay = 24 * time.Hour
	shares := publicKeyShares()
	return shares[min(int(now.Sub(m.KeyModeSince)/aDay), len(shares)-1)]
}

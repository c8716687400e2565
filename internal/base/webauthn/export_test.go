package webauthn

// Verify checks the signature of an assertion and nothing else.
func (k *Key) Verify(a *Assertion) error { return k.verify(a) }

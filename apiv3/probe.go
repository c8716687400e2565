package apiv3

import "strings"

// probePrefix is what the signature of a probe begins with.
const probePrefix = "WECHATPAY/SIGNTEST/"

// Probe turns a signature into that of a probe. Now and then the platform sends an answer or a
// notification so, to see whether the receiver verifies signatures: it must refuse it, and
// never recognize it by this form (protocol 6.5).
func Probe(signature string) string { return probePrefix + signature }

// IsProbe reports whether a signature is that of a probe. It is for programs that explain
// traffic; a receiver verifies the signature, which then is wrong.
func IsProbe(signature string) bool { return strings.HasPrefix(signature, probePrefix) }

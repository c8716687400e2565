package manage

// Health is the answer of /readyz?verbose, which is no operation: it is open to whoever reaches
// the port.
type Health struct {
	// Ready is true when every check passes.
	Ready  bool          `json:"ready"`
	Checks []HealthCheck `json:"checks"`
	// Warnings are what ends within 30 days, or has ended; they do not make it less ready.
	Warnings []HealthWarning `json:"warnings,omitempty"`
}

// HealthCheck is one thing that must be well for calls to be accepted.
type HealthCheck struct {
	Name  string `json:"name"`
	Ready bool   `json:"ready"`
	// Reason says in one sentence why it is not.
	Reason string `json:"reason,omitempty"`
}

// HealthWarning says that something ends soon, without saying whose it is.
type HealthWarning struct {
	// Kind is platform, merchant, authority, token, tls or manage_tls.
	Kind string `json:"kind"`
	// LeftSeconds is how long it counts; negative when it has ended.
	LeftSeconds int64 `json:"left_seconds"`
}

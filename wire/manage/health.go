package manage

// Health is the answer of /readyz?verbose, which is no operation: it is open to whoever reaches
// the port.
type Health struct {
	// Ready is true when every check passes.
	Ready  bool          `json:"ready"`
	Checks []HealthCheck `json:"checks"`
}

// HealthCheck is one thing that must be well for calls to be accepted.
type HealthCheck struct {
	Name  string `json:"name"`
	Ready bool   `json:"ready"`
	// Reason says in one sentence why it is not.
	Reason string `json:"reason,omitempty"`
}

package notify

// Echo is what the security echo sends to its notify_url (protocol 5.2). No source shows
// its members; they repeat the answer's (inferred).
type Echo struct {
	EchoMessage string `json:"echo_message" title:"回显消息" rule:"required"`
}

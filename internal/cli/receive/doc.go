// Package receive has the commands about callbacks: where they go, what was delivered, a receiver that passes them on,
// and events on request.
package receive

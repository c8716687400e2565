// Package e2e tests the binary from outside: as a process, over its command line and
// its ports, with clients that others wrote. It has no code of its own.
package e2e

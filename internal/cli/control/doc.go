// Package control has the commands by which a tester rules a sandbox: its time, its faults, scenarios and snapshots.
package control

// Package serve has the commands that run a server, ask whether it is well, prove its data and put load on it.
package serve

// Package simulate runs whole days of several nodes on one thread, from one number: who goes on
// next, what fails, when a node dies, when the database fails over, how clocks jump. Everything above the
// engine is the real code; a caller goes on until it needs the database or has to wait, and then
// the number decides who is next. What was acknowledged is held against the database again and
// again. A run that fails is shrunk and named so that it can be played again. It has tests only.
package simulate

// Package term is the ground of the command line: it turns structs into commands, flags and
// arguments, completes them, says what is wrong with a command line, and writes help, the manual page and tables
// for the user's terminal and in the user's language. It knows nothing of coupons.
package term

// Package term is the ground of the command line, on which its commands stand: it turns structs into commands, flags and
// arguments, completes them and says what is wrong with a command line; it writes help, the manual page, tables and
// documents for the user's terminal, in the user's language; and it knows whom commands talk to.
package term

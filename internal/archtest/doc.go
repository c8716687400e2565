// Package archtest holds the house rules as tests: who may import whom, what every
// package must say about itself, which dependencies there are and why, and how large
// things may grow. It has no code of its own.
package archtest

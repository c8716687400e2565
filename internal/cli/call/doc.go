// Package call has the commands that make one signed call, and those that tell what became of it: raw calls,
// signatures, requests that were received, explanations of refusals, and programs whose calls are redirected.
package call

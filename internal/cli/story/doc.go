// Package story plays the main job of each product against a sandbox of its own, step by step.
package story

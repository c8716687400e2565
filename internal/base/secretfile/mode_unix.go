//go:build unix

package secretfile

import "io/fs"

// forbidden are the rights that only the owner may have: all of others, and the group's to
// write.
const forbidden fs.FileMode = 0o027

func exposed(mode fs.FileMode) bool { return mode.Perm()&forbidden != 0 }

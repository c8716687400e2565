package keyring

// checkPrivate has nothing to look at: access is governed by the directory's list.
func checkPrivate(string) error { return nil }

package journal

// NewBounded is New with bounds of its own.
func NewBounded(entries, bytes int) *Journal { return newBounded(entries, bytes) }

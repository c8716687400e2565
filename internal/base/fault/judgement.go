package fault

// Judgement is what one rule says of a case: whether it passes, and why, in figures. A case passes
// when every judgement does.
type Judgement struct {
	// Rule is a word for programs.
	Rule   string
	Passed bool
	Text   Text
}

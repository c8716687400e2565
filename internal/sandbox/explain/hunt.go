package explain

// Bounds of a search.
const (
	// maxHashed is how many bytes of messages are tried against a digest: less than a
	// second's work.
	maxHashed = 256 << 20
	// maxVerified is how many messages are tried one by one, where each try is a
	// signature's verification.
	maxVerified = 4000
)

// budget is how much a search may still cost.
type budget struct {
	left, each int // each 0 is the length of the message
}

func budgetOf(o *opened) budget {
	if o.dear {
		return budget{left: maxVerified, each: 1}
	}
	return budget{left: maxHashed}
}

// spend takes the cost of one message, and reports whether there was enough.
func (b *budget) spend(message []byte) bool {
	if b.each > 0 {
		b.left -= b.each
	} else {
		b.left -= len(message)
	}
	return b.left >= 0
}

// hunt is a search for the message that a signature covers, among the variants of its
// parts: one by one first, and then two of different parts at a time.
type hunt struct {
	draft  draft
	opened *opened
	parts  []part
	budget budget
}

// run returns what is wrong with the message, and the message; nil when it was not found.
func (h *hunt) run() ([]clause, []byte) {
	for i := range h.parts {
		for j := range h.parts[i].variants {
			if v := &h.parts[i].variants[j]; h.hits(v) {
				return h.answer(v)
			}
		}
	}
	for i := range h.parts {
		for k := i + 1; k < len(h.parts); k++ {
			if found, message := h.pairs(&h.parts[i], &h.parts[k]); found != nil {
				return found, message
			}
		}
	}
	return nil, nil
}

func (h *hunt) pairs(a, b *part) ([]clause, []byte) {
	if a.alone || b.alone {
		return nil, nil
	}
	for i := range a.variants {
		for k := range b.variants {
			if h.hits(&a.variants[i], &b.variants[k]) {
				return h.answer(&a.variants[i], &b.variants[k])
			}
			if h.budget.left < 0 {
				return nil, nil
			}
		}
	}
	return nil, nil
}

func (h *hunt) message(changes ...*variant) []byte {
	d := h.draft
	for _, v := range changes {
		v.change(&d)
	}
	return d.message()
}

func (h *hunt) hits(changes ...*variant) bool {
	m := h.message(changes...)
	return h.budget.spend(m) && h.opened.covers(m)
}

func (h *hunt) answer(changes ...*variant) ([]clause, []byte) {
	var clauses []clause
	for _, v := range changes {
		clauses = append(clauses, v.clause)
	}
	return clauses, h.message(changes...)
}

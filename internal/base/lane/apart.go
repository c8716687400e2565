package lane

import "github.com/favord/favord/internal/base/fault"

// Apart carries out the calls of a batch together and, when that fails, those of each key
// apart: what is wrong with one key must not keep the others from their outcome. A failure
// becomes the outcome of each call of its key. What nobody knows the outcome of stays so
// for all: an error of kind fault.Unclear is returned.
func Apart[K comparable, Q, A any](calls []Q, key func(*Q) K, run func([]Q) ([]A, error), failed func(error) A) ([]A, error) {
	outcomes, err := run(calls)
	if err == nil || fault.KindOf(err) == fault.Unclear {
		return outcomes, err
	}
	places := map[K][]int{}
	var keys []K // in the order of coming
	for i := range calls {
		k := key(&calls[i])
		if places[k] == nil {
			keys = append(keys, k)
		}
		places[k] = append(places[k], i)
	}
	if len(keys) <= 1 {
		return nil, err
	}
	outcomes = make([]A, len(calls))
	for _, k := range keys {
		mine := places[k]
		part := make([]Q, len(mine))
		for i, place := range mine {
			part[i] = calls[place]
		}
		decided, err := run(part)
		for i, place := range mine {
			if err != nil {
				outcomes[place] = failed(err)
			} else {
				outcomes[place] = decided[i]
			}
		}
	}
	return outcomes, nil
}

package fault

// First carries out checks until one fails, and returns its error; nil when none does.
func First(checks ...func() error) error {
	for _, check := range checks {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

// Broken carries out all checks and returns the errors of those that fail.
func Broken(checks ...func() error) []error {
	var broken []error
	for _, check := range checks {
		if err := check(); err != nil {
			broken = append(broken, err)
		}
	}
	return broken
}

// Refusals carries out all checks and returns their refusals; the first other error, which says
// nothing about what was checked, ends it.
func Refusals(checks ...func() error) ([]error, error) {
	var refusals []error
	for _, check := range checks {
		switch err := check(); {
		case err == nil:
		case Of(err).Kind == Internal || Of(err).Kind == Unclear:
			return nil, err
		default:
			refusals = append(refusals, err)
		}
	}
	return refusals, nil
}

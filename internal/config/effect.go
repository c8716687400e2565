package config

// originMode is the origin of what a mode has whatever is set.
const originMode = "production"

// InEffect lists every key with the value that counts, and its origin: what a production server has whatever
// is set, and for keys that leave it to the server the usual values, by their names.
func (l *Loaded) InEffect(usual map[string]string) []Setting {
	list := l.Settings()
	for i := range list {
		s := &list[i]
		value, is := usual[s.Name]
		switch {
		case l.Mode == "production" && (s.Name == "strict_users" || s.Name == "strict_orders"):
			s.Value, s.Origin = "true", originMode
		case is && l.leaves(s):
			s.Value, s.Origin = value, originDefault
		}
	}
	return list
}

// leaves reports whether a key leaves its value to the server: it is not set, or set to what stands
// for the usual. Where 0 and an empty list are no limit, only what is not set does.
func (l *Loaded) leaves(s *Setting) bool {
	switch s.Name {
	case "vouchers.forbidden_words":
		return l.Vouchers.ForbiddenWords == nil
	case "vouchers.monthly_limit", "vouchers.running_limit":
		return s.Value == ""
	}
	return s.Value == "0"
}

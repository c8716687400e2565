package config

// TLS names the files that a port proves itself with; without them it speaks plain HTTP. They
// are read again when they change.
type TLS struct {
	// Certificate has the certificate and what leads up to its root, as PEM.
	Certificate string `yaml:"certificate"`
	// Key has its private key, as PEM.
	Key string `yaml:"key"`
}

// half reports whether one of the files is missing.
func (t *TLS) half() bool { return (t.Certificate == "") != (t.Key == "") }

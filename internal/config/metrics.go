package config

import (
	"fmt"

	"github.com/favord/favord/internal/base/fault"
)

// Metrics say what is measured besides what always is.
type Metrics struct {
	// Merchants are those whose calls are counted apart. There are few: each is some more
	// series for whoever stores the figures.
	Merchants []string `yaml:"merchants"`
}

// maxMeasured bounds the merchants that are counted apart.
const maxMeasured = 100

func (m *Metrics) problem() *fault.Error {
	if len(m.Merchants) > maxMeasured {
		return refuse(
			fmt.Sprintf("metrics.merchants 不能超过 %d 个", maxMeasured),
			fmt.Sprintf("metrics.merchants must not be more than %d.", maxMeasured))
	}
	return nil
}

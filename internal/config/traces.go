package config

import (
	"net/url"

	"github.com/favord/favord/internal/base/fault"
)

// Traces say where the steps of calls are told to.
type Traces struct {
	// Endpoint takes spans by OTLP over HTTP, such as http://127.0.0.1:4318/v1/traces; empty makes no
	// traces.
	Endpoint string `yaml:"endpoint"`
	// Share is how large a part of the calls is traced, 0 to 1.
	Share float64 `yaml:"share"`
}

func (t *Traces) problem() *fault.Error {
	if t.Share < 0 || t.Share > 1 {
		return refuse("traces.share 须为0至1", "traces.share must be 0 to 1.")
	}
	if t.Endpoint == "" {
		return nil
	}
	if u, err := url.Parse(t.Endpoint); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
		return refuse("traces.endpoint 须为http或https地址，如 http://127.0.0.1:4318/v1/traces",
			"traces.endpoint must be an http or https URL, such as http://127.0.0.1:4318/v1/traces.")
	}
	return nil
}

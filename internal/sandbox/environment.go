// Package sandbox holds what only a sandbox has: the description of how to reach it,
// and word of the sandboxes that run.
package sandbox

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/favord/favord/internal/sandbox/sample"
)

// Environment says how to reach a sandbox. It is what --ready-file gets and what
// `favord env` prints; scripts rely on the names.
type Environment struct {
	Mode       string `json:"mode"`
	APIURL     string `json:"api_url"`
	ManageURL  string `json:"manage_url"`
	ConsoleURL string `json:"console_url"`
	// ProxyURL is the redirect, by which programs that know only the hosts of the
	// real service get here; CAFile is what they must trust to do so. Both are empty
	// where there is none.
	ProxyURL         string `json:"proxy_url"`
	CAFile           string `json:"ca_file"`
	MchID            string `json:"mchid"`
	SerialNo         string `json:"serial_no"`
	PrivateKeyFile   string `json:"private_key_file"`
	APIv3Key         string `json:"apiv3_key"`
	APIv2Key         string `json:"apiv2_key"`
	PlatformSerialNo string `json:"platform_serial_no"`
	PlatformCertFile string `json:"platform_cert_file"`
	PublicKeyID      string `json:"public_key_id"`
	PublicKeyFile    string `json:"public_key_file"`
	AppID            string `json:"appid"`
	OpenID           string `json:"openid"`
	// AlgorithmType is RSA or SM2: of what kind the merchant's and the platform's
	// keys are. Files of older versions lack it and are about RSA.
	AlgorithmType string `json:"algorithm_type"`
	// PlatformCAFile is who issued the certificates of the merchant and of the
	// platform. Clients look at no issuer.
	PlatformCAFile string `json:"platform_ca_file"`
}

// Pair is one name of an environment with its value.
type Pair struct {
	Name  string
	Value string
}

// Access says whom a written call reaches, and as whom.
func (e *Environment) Access() sample.Access {
	a := sample.Access{
		APIURL: e.APIURL, MchID: e.MchID, SerialNo: e.SerialNo, PrivateKeyFile: e.PrivateKeyFile,
		PlatformID: e.PublicKeyID, PlatformFile: e.PublicKeyFile, IsSM2: e.AlgorithmType == "SM2",
	}
	if e.PublicKeyID == "" {
		a.PlatformID, a.PlatformFile, a.IsCertificate = e.PlatformSerialNo, e.PlatformCertFile, true
	}
	return a
}

// Pairs lists the environment in a fixed order.
func (e *Environment) Pairs() []Pair {
	return []Pair{
		{"mode", e.Mode},
		{"api_url", e.APIURL},
		{"manage_url", e.ManageURL},
		{"console_url", e.ConsoleURL},
		{"proxy_url", e.ProxyURL},
		{"ca_file", e.CAFile},
		{"mchid", e.MchID},
		{"serial_no", e.SerialNo},
		{"private_key_file", e.PrivateKeyFile},
		{"apiv3_key", e.APIv3Key},
		{"apiv2_key", e.APIv2Key},
		{"platform_serial_no", e.PlatformSerialNo},
		{"platform_cert_file", e.PlatformCertFile},
		{"public_key_id", e.PublicKeyID},
		{"public_key_file", e.PublicKeyFile},
		{"appid", e.AppID},
		{"openid", e.OpenID},
		{"algorithm_type", e.AlgorithmType},
		{"platform_ca_file", e.PlatformCAFile},
	}
}

// EnvironmentOf builds an environment from a function that knows the values, the
// reverse of Pairs.
func EnvironmentOf(value func(name string) string) (Environment, error) {
	values := map[string]string{}
	for _, p := range (&Environment{}).Pairs() {
		values[p.Name] = value(p.Name)
	}
	text, err := json.Marshal(values)
	if err != nil {
		return Environment{}, fmt.Errorf("environment: %w", err)
	}
	return parseEnvironment(text)
}

func parseEnvironment(text []byte) (Environment, error) {
	var e Environment
	if err := json.Unmarshal(text, &e); err != nil {
		return Environment{}, fmt.Errorf("environment: %w", err)
	}
	return e, nil
}

// ReadEnvironment reads what WriteFile wrote.
func ReadEnvironment(path string) (Environment, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return Environment{}, fmt.Errorf("environment: %w", err)
	}
	return parseEnvironment(text)
}

// JSON returns the environment as indented JSON.
func (e *Environment) JSON() ([]byte, error) {
	text, err := json.MarshalIndent(e, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("environment: %w", err)
	}
	return append(text, '\n'), nil
}

// Variables lists the environment as FAVORD_* variables.
func (e *Environment) Variables() []Pair {
	list := e.Pairs()
	for i := range list {
		list[i].Name = "FAVORD_" + strings.ToUpper(list[i].Name)
	}
	return list
}

// Shell returns commands that export the environment as FAVORD_* variables, and those by
// which programs take the redirect; eval them.
func (e *Environment) Shell() string {
	var b strings.Builder
	for _, p := range append(e.Variables(), e.RedirectVariables()...) {
		quoted := "'" + strings.ReplaceAll(p.Value, "'", `'\''`) + "'"
		fmt.Fprintf(&b, "export %s=%s\n", p.Name, quoted)
	}
	return b.String()
}

// Dotenv returns lines for a .env file.
func (e *Environment) Dotenv() string {
	var b strings.Builder
	escape := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "$", `\$`)
	for _, p := range e.Variables() {
		fmt.Fprintf(&b, "%s=\"%s\"\n", p.Name, escape.Replace(p.Value))
	}
	return b.String()
}

// WriteFile writes the environment as JSON for its owner only, all of it or nothing:
// whoever sees the file sees it whole.
func (e *Environment) WriteFile(path string) error {
	text, err := e.JSON()
	if err != nil {
		return err
	}
	return WritePrivate(path, text)
}

// WritePrivate writes a file for its owner only, all of it or nothing.
func WritePrivate(path string, content []byte) error {
	temporary, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*") // mode 0600
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	_, err = temporary.Write(content)
	if errClose := temporary.Close(); err == nil {
		err = errClose
	}
	if err == nil {
		err = os.Rename(temporary.Name(), path)
	}
	if err != nil {
		_ = os.Remove(temporary.Name())
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

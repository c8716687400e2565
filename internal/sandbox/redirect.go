package sandbox

import (
	"net/url"
	"path/filepath"
	"slices"
	"strings"
)

// Files of the redirect, in the data directory of a sandbox. The first is secret.
const (
	RedirectKeyFile = "redirect_ca_key.pem"
	// RedirectCAFile is the certificate of the authority; Environment.CAFile.
	RedirectCAFile = "redirect_ca.pem"
	// RedirectBundleFile has it together with what the system trusts, in PEM.
	RedirectBundleFile = "redirect_bundle.pem"
	// RedirectTrustStore is the same for Java, in PKCS#12.
	RedirectTrustStore = "redirect_truststore.p12"
	// RedirectTrustMark tells whether those two are as they were written.
	RedirectTrustMark = "redirect_trust.sha256"
	// RedirectPHPDir is a folder with settings for PHP, which has no variable for what
	// it trusts.
	RedirectPHPDir = "redirect_php"
	// TrustStorePassword is needed to read it and protects nothing.
	TrustStorePassword = "changeit"
)

// JavaOptions is the variable with options for every Java program. It may hold others', too.
const JavaOptions = "JAVA_TOOL_OPTIONS"

// RedirectVariables lists the variables of the environment by which programs send their
// https through the redirect and trust it, under the names that they know; none when the
// sandbox has no redirect.
func (e *Environment) RedirectVariables() []Pair {
	proxy, err := url.Parse(e.ProxyURL)
	if e.ProxyURL == "" || e.CAFile == "" || err != nil {
		return nil
	}
	// This machine stays reachable without the redirect. Of any other host the
	// redirect says itself that it does not forward to it.
	const direct = "localhost,127.0.0.1,::1"
	return append([]Pair{
		{"HTTPS_PROXY", e.ProxyURL},
		{"https_proxy", e.ProxyURL},
		{"NO_PROXY", direct},
		{"no_proxy", direct},
		{"NODE_USE_ENV_PROXY", "1"},
	}, e.trust("-Dhttps.proxyHost="+proxy.Hostname(), "-Dhttps.proxyPort="+proxy.Port())...)
}

// trust lists the variables by which programs trust the redirect, and those of Java with more
// options.
func (e *Environment) trust(java ...string) []Pair {
	file := func(name string) string { return filepath.Join(filepath.Dir(e.CAFile), name) }
	bundle := file(RedirectBundleFile)
	return []Pair{
		{"SSL_CERT_FILE", bundle},
		{"CURL_CA_BUNDLE", bundle},
		{"REQUESTS_CA_BUNDLE", bundle},
		{"NODE_EXTRA_CA_CERTS", e.CAFile},
		// Nothing before the separator stands for the folder that PHP was built with.
		{"PHP_INI_SCAN_DIR", string(filepath.ListSeparator) + file(RedirectPHPDir)},
		{JavaOptions, javaOptions(file(RedirectTrustStore), java)},
	}
}

// RedirectHosts are the platform's hosts that a program may call by name.
func RedirectHosts() []string {
	return []string{
		"api.mch.weixin.qq.com", "api2.mch.weixin.qq.com", "apihk.mch.weixin.qq.com", "apius.mch.weixin.qq.com",
		"api.wechatpay.cn", "api2.wechatpay.cn",
	}
}

// TransparentVariables lists the variables for a program for which the platform's hosts are
// addresses of this machine: it trusts the redirect, and asks no proxy for those hosts.
func (e *Environment) TransparentVariables() []Pair {
	if e.ProxyURL == "" || e.CAFile == "" {
		return nil
	}
	direct := strings.Join(append([]string{"localhost", "127.0.0.1", "::1"}, RedirectHosts()...), ",")
	return append([]Pair{{"NO_PROXY", direct}, {"no_proxy", direct}}, e.trust()...)
}

// ProxyAddress is host:port of the redirect; "" when there is none.
func (e *Environment) ProxyAddress() string {
	proxy, err := url.Parse(e.ProxyURL)
	if err != nil {
		return ""
	}
	return proxy.Host
}

// javaOptions are those of the JVM, separated by blanks. A value with blanks is quoted, as
// the JVM reads it.
func javaOptions(trustStore string, more []string) string {
	options := append(slices.Clone(more),
		"-Djavax.net.ssl.trustStore="+trustStore,
		"-Djavax.net.ssl.trustStoreType=PKCS12",
		"-Djavax.net.ssl.trustStorePassword="+TrustStorePassword,
	)
	for i, option := range options {
		if strings.ContainsAny(option, " \t'") {
			options[i] = `"` + option + `"`
		}
	}
	return strings.Join(options, " ")
}

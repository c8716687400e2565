package e2e

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/favord/favord/apiv3"
)

// certificateCommand makes a key for a merchant, with a certificate that it signs itself:
// certificate MCHID CERTIFICATE KEY.
func certificateCommand(ts *testscript.TestScript, _ bool, args []string) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	ts.Check(err)
	template := &x509.Certificate{
		SerialNumber: apiv3.NewSerial(), Subject: pkix.Name{CommonName: args[0]},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	ts.Check(err)
	private, err := x509.MarshalPKCS8PrivateKey(key)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate}), 0o600))
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}), 0o600))
}

// browseCommand opens an address as a browser does and prints the status and the page:
// browse METHOD ADDRESS. An address may be in a file.
func browseCommand(ts *testscript.TestScript, _ bool, args []string) {
	address := args[1]
	if !strings.HasPrefix(address, "http") {
		address = strings.TrimSpace(ts.ReadFile(address))
	}
	u, err := url.Parse(address)
	ts.Check(err)
	u.Fragment = ""                                                   // it stays in the browser
	request, err := http.NewRequest(args[0], u.String(), http.NoBody) //nolint:noctx // a script has no context
	ts.Check(err)
	answer, err := http.DefaultClient.Do(request)
	ts.Check(err)
	page, err := io.ReadAll(answer.Body)
	ts.Check(err)
	ts.Check(answer.Body.Close())
	_, err = fmt.Fprintf(ts.Stdout(), "%d\n%s", answer.StatusCode, page)
	ts.Check(err)
}

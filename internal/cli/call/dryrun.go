package call

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/internal/sandbox"
)

// rawCall is a call as it would be made.
type rawCall struct {
	method, target string
	body           []byte
	environment    *sandbox.Environment
}

// dryRun prints a call as a program or a command that makes it.
func dryRun(c *term.Command, language string, r *rawCall) error {
	write := map[string]func(io.Writer, *rawCall) error{
		"curl": func(w io.Writer, r *rawCall) error { return asCurl(c, w, r) }, "go": asGo, "java": asJava, "php": asPHP, "node": asNode,
	}[language]
	return write(c.Out, r)
}

// asCurl prints a command with the signature in it, which is good for five minutes.
func asCurl(c *term.Command, w io.Writer, r *rawCall) error {
	signer, err := term.SignerOf(r.environment)
	if err != nil {
		return err
	}
	authorization, err := apiv3.Credential{Identity: r.environment.MchID, Signer: signer}.Authorize(
		apiv3.Request{Method: r.method, Target: r.target, Body: r.body}, strconv.FormatInt(c.Clock.Now().Unix(), 10), apiv3.NewNonce())
	if err != nil {
		return fmt.Errorf("sign: %w", err)
	}
	quote := func(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }
	lines := []string{
		"curl -X " + r.method + " " + quote(r.environment.APIURL+r.target),
		"-H " + quote("Authorization: "+authorization.String()),
		"-H 'Accept: application/json'", "-H 'User-Agent: curl'",
	}
	if len(r.body) > 0 {
		lines = append(lines, "-H 'Content-Type: application/json'", "--data-raw "+quote(string(r.body)))
	}
	_, err = fmt.Fprintln(w, strings.Join(lines, " \\\n  "))
	return err
}

// goProgram makes one call.
const goProgram = `package main

import (
	"context"
	"crypto/rsa"
	"fmt"
	"log"
	"os"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/client"
)

func main() {
	key, err := os.ReadFile(%q)
	if err != nil {
		log.Fatal(err)
	}
	private, err := apiv3.ParseRSAPrivateKey(key)
	if err != nil {
		log.Fatal(err)
	}
	key, err = os.ReadFile(%q)
	if err != nil {
		log.Fatal(err)
	}
	public, err := apiv3.ParseRSAPublicKey(key)
	if err != nil {
		log.Fatal(err)
	}
	c, err := client.New(client.Config{
		BaseURL: %q, MchID: %q, SerialNo: %q, PrivateKey: private,
		PlatformKeys: map[string]*rsa.PublicKey{%q: public}, WechatpaySerial: %q,
	})
	if err != nil {
		log.Fatal(err)
	}
	answer, err := c.Do(context.Background(), %q, %q, %s)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(answer.Status, string(answer.Body))
}
`

// asGo prints a program for package client.
func asGo(w io.Writer, r *rawCall) error {
	body := "nil"
	if len(r.body) > 0 {
		body = "[]byte(" + goQuote(string(r.body)) + ")"
	}
	e := r.environment
	_, err := fmt.Fprintf(w, goProgram, e.PrivateKeyFile, e.PublicKeyFile, e.APIURL, e.MchID, e.SerialNo, e.PublicKeyID, e.PublicKeyID, r.method, r.target, body)
	return err
}

func goQuote(text string) string {
	if !strings.Contains(text, "`") {
		return "`" + text + "`"
	}
	return strconv.Quote(text)
}

// asJava prints a program for the wechatpay-java SDK, which takes its host from the URL.
func asJava(w io.Writer, r *rawCall) error {
	e := r.environment
	call := map[string]string{
		"GET": "http.get(headers, url, Object.class)", "DELETE": "http.delete(headers, url, Object.class)",
		"POST": "http.post(headers, url, body, Object.class)", "PATCH": "http.patch(headers, url, body, Object.class)",
	}[r.method]
	_, err := fmt.Fprintf(w, `import com.wechat.pay.java.core.RSAPublicKeyConfig;
import com.wechat.pay.java.core.http.*;

public class Sample {
  public static void main(String[] args) {
    RSAPublicKeyConfig config = new RSAPublicKeyConfig.Builder()
        .merchantId(%[1]q).merchantSerialNumber(%[2]q).privateKeyFromPath(%[3]q)
        .publicKeyFromPath(%[4]q).publicKeyId(%[5]q).apiV3Key(System.getenv("FAVORD_APIV3_KEY"))
        .build();
    HttpClient http = new DefaultHttpClientBuilder().config(config).build();
    HttpHeaders headers = new HttpHeaders();
    headers.addHeader("Accept", "application/json");
    headers.addHeader("Content-Type", "application/json");
    String url = %[6]q;
    RequestBody body = new JsonRequestBody.Builder().body(%[7]q).build();
    System.out.println(%[8]s.getServiceResponse());
  }
}
`, e.MchID, e.SerialNo, e.PrivateKeyFile, e.PublicKeyFile, e.PublicKeyID, e.APIURL+r.target, string(r.body), call)
	return err
}

// asPHP prints a program for the wechatpay/wechatpay package.
func asPHP(w io.Writer, r *rawCall) error {
	e := r.environment
	quote := func(text string) string {
		return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(text) + "'"
	}
	body := ""
	if len(r.body) > 0 {
		body = ", 'body' => " + quote(string(r.body)) + ", 'headers' => ['Content-Type' => 'application/json']"
	}
	_, err := fmt.Fprintf(w, `<?php
require 'vendor/autoload.php';

use WeChatPay\Builder;
use WeChatPay\Crypto\Rsa;

$instance = Builder::factory([
    'base_uri' => %s,
    'mchid' => %s,
    'serial' => %s,
    'privateKey' => Rsa::from('file://' . %s, Rsa::KEY_TYPE_PRIVATE),
    'certs' => [%s => Rsa::from('file://' . %s, Rsa::KEY_TYPE_PUBLIC)],
]);
$response = $instance->chain(%s)->request(%s, [%s]);
echo $response->getStatusCode(), ' ', $response->getBody(), PHP_EOL;
`, quote(e.APIURL), quote(e.MchID), quote(e.SerialNo), quote(e.PrivateKeyFile), quote(e.PublicKeyID), quote(e.PublicKeyFile),
		quote(strings.TrimPrefix(r.target, "/")), quote(r.method), strings.TrimPrefix(body, ", "))
	return err
}

// asNode prints a program for wechatpay-axios-plugin.
func asNode(w io.Writer, r *rawCall) error {
	e := r.environment
	body := "undefined"
	if len(r.body) > 0 {
		body = string(r.body) // JSON is JavaScript
	}
	_, err := fmt.Fprintf(w, `import { readFileSync } from 'node:fs';
import plugin from 'wechatpay-axios-plugin';

const wxpay = new plugin.Wechatpay({
  mchid: %q,
  serial: %q,
  privateKey: readFileSync(%q),
  certs: { [%q]: readFileSync(%q) },
  baseURL: %q,
});
const { status, data } = await wxpay.client.request(%q, %q, %s);
console.log(status, JSON.stringify(data));
`, e.MchID, e.SerialNo, e.PrivateKeyFile, e.PublicKeyID, e.PublicKeyFile, e.APIURL+"/", strings.TrimPrefix(r.target, "/"), r.method, body)
	return err
}

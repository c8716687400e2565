// Package apiv3 is the protocol kernel of WeChat Pay APIv3: the canonical
// messages that are signed, the Authorization header, RSA-SHA256 signatures,
// AES-256-GCM boxes, OAEP fields, certificates and their serials, and the error
// body. A server, a client and a notification receiver build on the same
// functions, so that both ends agree byte for byte.
//
// The package does no I/O and reads no clock: every time is a parameter. It
// depends on the standard library only; package gm below it adds SM2, SM3 and
// SM4. Values are safe for concurrent use once they are built.
//
// Rules come from the APIv3 contract (docs/contract); the numbers in
// comments, such as "protocol 2.3", name its sections.
package apiv3

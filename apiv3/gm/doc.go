// Package gm is the Shangmi (国密) half of the protocol kernel (protocol 11): signatures
// with SM2 and SM3 behind apiv3.Signer and apiv3.Verifier, SM4-GCM boxes, fields
// encrypted with SM2, keys and certificates on the curve sm2p256v1. What is signed and
// sealed, and how it travels, is package apiv3's.
//
// Like apiv3 it does no I/O and reads no clock. It is the only package that knows the
// library behind the algorithms, and shows none of its types. Values are safe for
// concurrent use once they are built.
package gm

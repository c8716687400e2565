// Package apiv2 signs what a merchant puts into its pages so that users can claim coupons:
// the parameters of the H5 claim link and those of the mini-program plug-in (busifavor
// 10.3 to 10.5). Both are signed with the merchant's APIv2 key, not with the APIv3 key,
// and with HMAC-SHA256: MD5 is refused.
//
// A merchant's server signs with it, the platform verifies with it. The package does no
// I/O, reads no clock and depends on the standard library only.
package apiv2

package account

import "github.com/favord/favord/internal/base/fault"

// ErrPasskeyNeeded asks for the operator's passkey, after the right password.
var ErrPasskeyNeeded = fault.New(fault.Unauthenticated, "请使用通行密钥登录", "Sign in with your passkey.").At("passkey", "")

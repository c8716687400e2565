package server

import (
	"strconv"
	"strings"

	"github.com/favord/favord/internal/edge/claim"
	"github.com/favord/favord/internal/edge/httpapi"
	"github.com/favord/favord/internal/favor/send"
	"github.com/favord/favord/internal/favor/stocks"
)

// Usual is what counts where the configuration leaves it to the server, by key.
func Usual() map[string]string {
	rates, misses := claim.DefaultRates(), httpapi.DefaultMisses()
	return map[string]string{
		"claim.per_user": strconv.Itoa(rates.ClaimsPerUser), "claim.per_address": strconv.Itoa(rates.ClaimsPerAddress),
		"misses.per_user": strconv.Itoa(misses.PerUser), "misses.per_merchant": strconv.Itoa(misses.PerMerchant),
		"vouchers.forbidden_words": strings.Join(stocks.Words(), ","),
		"vouchers.monthly_limit":   strconv.FormatInt(int64(send.MonthlyMost), 10),
		"vouchers.running_limit":   strconv.FormatInt(stocks.RunningMost, 10),
	}
}

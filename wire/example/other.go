package example

import (
	"slices"

	"github.com/favord/favord/wire/media"
	"github.com/favord/favord/wire/partnership"
	"github.com/favord/favord/wire/security"
)

// All returns the examples, one for each operation.
func All() []Example {
	return slices.Concat(securityExamples(), busifavorExamples(), favorExamples(), mediaExamples(), partnershipExamples())
}

func securityExamples() []Example {
	return []Example{
		{Operation: security.ListCertificates, Parameters: map[string]string{"algorithm_type": "ALL"}},
		{Operation: security.Echo, Serial: true, Body: `{
  "echo_message": "你好"
}`},
	}
}

func mediaExamples() []Example { return []Example{{Operation: media.UploadImage, File: image()}} }

// image is the smallest PNG: one transparent pixel.
func image() []byte {
	return []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89" +
		"\x00\x00\x00\x0bIDATx\xdac`\x00\x02\x00\x00\x05\x00\x01\xe9\xfa\xdc\xd8\x00\x00\x00\x00IEND\xaeB`\x82")
}

// shop lets another merchant give out the stock that every sandbox has.
const shop = `{
  "partner": {
    "type": "MERCHANT",
    "merchant_id": "` + demoShop + `"
  },
  "authorized_data": {
    "business_type": "BUSIFAVOR_STOCK",
    "stock_id": "` + demoStock + `"
  }
}`

func partnershipExamples() []Example {
	key := map[string]string{"Idempotency-Key": "${number}"}
	build := Example{Operation: partnership.Build, Parameters: key, Body: shop}
	return []Example{
		build,
		{Operation: partnership.Terminate, Before: []Step{{Call: build}}, Parameters: key, Body: shop},
		{Operation: partnership.List, Parameters: map[string]string{
			"authorized_data": `{"business_type":"BUSIFAVOR_STOCK"}`, "offset": "0", "limit": "20",
		}},
	}
}

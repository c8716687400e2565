package claim

import (
	"fmt"
	"image/color"
	"strings"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/code128"
	"github.com/boombuler/barcode/qr"

	"github.com/favord/favord/internal/rule/coupon"
)

// How a card shows its code (busifavor 4.5).
const (
	displayNone    = "NOT_SHOW"
	displayBarcode = "BARCODE"
)

// drawing is a code as a path of SVG: sharp at every size, and no image to load.
type drawing struct {
	// Kind is "qr" or "bar".
	Kind          string
	Width, Height int
	Path          string
}

// barHeight is the height of a Code 128 in units of its narrowest bar.
const barHeight = 56

// Quiet zones around codes, in modules.
const (
	quietQR  = 2 // the card around it is white, too
	quietBar = 10
)

// draw returns how a card shows a code, nil when it does not. A stock that says nothing
// about it gets a QR code.
func draw(code coupon.Code, display string) (*drawing, error) {
	var encoded barcode.Barcode
	var err error
	switch display {
	case displayNone:
		return nil, nil
	case displayBarcode:
		encoded, err = code128.Encode(string(code))
	default:
		encoded, err = qr.Encode(string(code), qr.M, qr.Auto)
	}
	if err != nil {
		return nil, fmt.Errorf("draw code: %w", err)
	}
	size := encoded.Bounds().Size()
	if display == displayBarcode {
		return &drawing{Kind: "bar", Width: size.X + 2*quietBar, Height: barHeight, Path: trace(encoded, quietBar, 0, barHeight)}, nil
	}
	return &drawing{Kind: "qr", Width: size.X + 2*quietQR, Height: size.Y + 2*quietQR, Path: trace(encoded, quietQR, quietQR, 1)}, nil
}

// trace turns the dark runs of each row into rectangles of the given height.
func trace(b barcode.Barcode, left, top, height int) string {
	var path strings.Builder
	size := b.Bounds().Size()
	for y := range size.Y {
		for x := 0; x < size.X; x++ {
			begin := x
			for x < size.X && isDark(b, x, y) {
				x++
			}
			if width := x - begin; width > 0 {
				fmt.Fprintf(&path, "M%d %dh%dv%dh-%dz", left+begin, top+y*height, width, height, width)
			}
		}
	}
	return path.String()
}

func isDark(b barcode.Barcode, x, y int) bool {
	const half = 0x80
	gray, _ := color.GrayModel.Convert(b.At(x, y)).(color.Gray)
	return gray.Y < half
}

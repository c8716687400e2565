package claim

import (
	"fmt"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/boombuler/barcode/qr"
	"github.com/google/go-cmp/cmp"

	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/edge/serve"
	"github.com/favord/favord/internal/rule/coupon"
)

func TestABenefitIsSaidInOnePhrase(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		benefit        coupon.Benefit
		zh, en, figure string
	}{
		{coupon.Benefit{Type: coupon.TypeNormal, Discount: 500, Minimum: 1000}, "满10元减5元", "¥5 off on orders of ¥10 or more", "¥5"},
		{coupon.Benefit{Type: coupon.TypeNormal, Discount: 1}, "减0.01元", "¥0.01 off", "¥0.01"},
		{coupon.Benefit{Type: coupon.TypeNormal, Discount: 10000000, Minimum: 12345}, "满123.45元减100000元", "¥100000 off on orders of ¥123.45 or more", "¥100000"},
		{coupon.Benefit{Type: coupon.TypeDiscount, Percent: 88, Minimum: 1000}, "满10元8.8折", "12% off on orders of ¥10 or more", "8.8折"},
		{coupon.Benefit{Type: coupon.TypeDiscount, Percent: 80}, "8折", "20% off", "8折"},
		{coupon.Benefit{Type: coupon.TypeDiscount, Percent: 5}, "0.5折", "95% off", "0.5折"},
		{coupon.Benefit{Type: coupon.TypeExchange, Price: 990, Minimum: 1050}, "满10.5元加9.9元换购", "One item for ¥9.9 on orders of ¥10.5 or more", "¥9.9换购"},
	} {
		if got := (language{serve.Chinese}).benefit(&c.benefit); got != c.zh {
			t.Errorf("%s, want %s", got, c.zh)
		}
		if got := (language{serve.English}).benefit(&c.benefit); got != c.en {
			t.Errorf("%s, want %s", got, c.en)
		}
		if f := (language{serve.Chinese}).figure(&c.benefit); f.Before+f.Number+f.Behind != c.figure {
			t.Errorf("%+v, want %s", f, c.figure)
		}
	}
}

func TestValidityIsSaidAsAPersonWould(t *testing.T) {
	t.Parallel()
	beijing := func(on, hour, minute, second int) time.Time {
		return time.Date(2026, 12, on, hour, minute, second, 0, day.Beijing())
	}
	month := coupon.Validity{Begin: beijing(1, 0, 0, 0), End: beijing(31, 23, 59, 59)}
	with := func(change func(v *coupon.Validity)) coupon.Validity {
		v := month
		change(&v)
		return v
	}
	for _, c := range []struct {
		validity coupon.Validity
		zh, en   []string
	}{
		{month, []string{"2026.12.01 – 2026.12.31"}, []string{"2026.12.01 – 2026.12.31"}},
		{with(func(v *coupon.Validity) { v.End = beijing(1, 23, 59, 59) }), []string{"2026.12.01"}, []string{"2026.12.01"}},
		{with(func(v *coupon.Validity) { v.Begin = beijing(1, 8, 30, 0) }), []string{"2026.12.01 08:30 – 2026.12.31 23:59"}, []string{"2026.12.01 08:30 – 2026.12.31 23:59"}},
		{
			with(func(v *coupon.Validity) { v.Days = 3 }),
			[]string{"2026.12.01 – 2026.12.31", "领取后3天内有效"},
			[]string{"2026.12.01 – 2026.12.31", "Good for 3 day(s), the day of the claim included"},
		},
		{
			with(func(v *coupon.Validity) { v.Days, v.WaitDays = 3, 1 }),
			[]string{"2026.12.01 – 2026.12.31", "领取后第2天生效，生效后3天内有效"},
			[]string{"2026.12.01 – 2026.12.31", "Starts 1 day(s) after you claim it, then good for 3 day(s)"},
		},
		{
			with(func(v *coupon.Validity) { v.Seconds = 60 }),
			[]string{"2026.12.01 – 2026.12.31", "领取后1分钟内有效"},
			[]string{"2026.12.01 – 2026.12.31", "Good for 1 min after you claim it"},
		},
		{
			with(func(v *coupon.Validity) { v.Seconds = 93_605 }),
			[]string{"2026.12.01 – 2026.12.31", "领取后1天2小时5秒内有效"},
			[]string{"2026.12.01 – 2026.12.31", "Good for 1 d 2 h 5 s after you claim it"},
		},
		{
			with(func(v *coupon.Validity) {
				v.WeekDays = []int{2, 0}
				v.DayTimes = []coupon.DayTime{{Begin: 36000, End: 64800}, {Begin: 79200, End: 86399}}
			}),
			[]string{"2026.12.01 – 2026.12.31", "限周二、周日 10:00–18:00 22:00–24:00使用"},
			[]string{"2026.12.01 – 2026.12.31", "Only Tue, Sun 10:00–18:00 22:00–24:00"},
		},
		{
			with(func(v *coupon.Validity) {
				v.Irregular = []coupon.Period{{Begin: beijing(24, 18, 0, 0), End: beijing(26, 5, 59, 59)}}
			}),
			[]string{"2026.12.01 – 2026.12.31", "限 2026.12.24 18:00 – 2026.12.26 05:59 使用"},
			[]string{"2026.12.01 – 2026.12.31", "Only 2026.12.24 18:00 – 2026.12.26 05:59"},
		},
	} {
		if diff := cmp.Diff(c.zh, (language{serve.Chinese}).validity(&c.validity)); diff != "" {
			t.Errorf("Chinese (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(c.en, (language{serve.English}).validity(&c.validity)); diff != "" {
			t.Errorf("English (-want +got):\n%s", diff)
		}
	}
}

// TestADrawingIsTheCode paints the path of a QR code and compares it with the code.
func TestADrawingIsTheCode(t *testing.T) {
	t.Parallel()
	const code = "1201059453000011062474"
	d, err := draw(code, "QRCODE")
	if err != nil {
		t.Fatal(err)
	}
	painted := map[[2]int]bool{}
	for _, run := range regexp.MustCompile(`M(\d+) (\d+)h(\d+)v1h-\d+z`).FindAllStringSubmatch(d.Path, -1) {
		var n [3]int
		for i := range n {
			n[i], _ = strconv.Atoi(run[i+1])
		}
		for x := range n[2] {
			painted[[2]int{n[0] + x, n[1]}] = true
		}
	}
	want, err := qr.Encode(code, qr.M, qr.Auto)
	if err != nil {
		t.Fatal(err)
	}
	size := want.Bounds().Dx()
	if d.Width != size+2*quietQR || d.Height != d.Width {
		t.Errorf("the drawing is %d × %d for %d modules", d.Width, d.Height, size)
	}
	for y := range size {
		for x := range size {
			if painted[[2]int{x + quietQR, y + quietQR}] != isDark(want, x, y) {
				t.Fatalf("module %d, %d is wrong", x, y)
			}
		}
	}
}

func TestEveryCodeOfAMerchantCanBeDrawn(t *testing.T) {
	t.Parallel()
	const characters = `ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 -_\/=|`
	for i := range len(characters) - 31 {
		for _, display := range []string{"BARCODE", "QRCODE"} {
			d, err := draw(coupon.Code(characters[i:i+32]), display)
			if err != nil || d.Path == "" {
				t.Errorf("%q as %s: %v", characters[i:i+32], display, err)
			}
		}
	}
}

func TestColoursAreThoseOfThePlatform(t *testing.T) {
	t.Parallel()
	parsed, err := parsePages()
	if err != nil {
		t.Fatal(err)
	}
	for number, value := range map[int]string{
		10: "#63b359", 20: "#2c9f67", 30: "#509fc9", 40: "#5885cf", 50: "#9062c0", 60: "#d09a45", 70: "#e4b138", 80: "#ee903c", 90: "#dd6549", 100: "#cc463d",
	} {
		class := colorClass(fmt.Sprintf("Color%03d", number))
		if !regexp.MustCompile(`(?m)^\.` + class + ` \{ --card: ` + value + ` \}$`).Match(parsed.style) {
			t.Errorf("%s is not %s", class, value)
		}
	}
	if got := colorClass(`"><script>`); got != "c020" {
		t.Errorf("an unknown colour is %s", got)
	}
}

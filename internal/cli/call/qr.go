package call

import (
	"fmt"
	"image"
	"net"
	"net/url"
	"strings"

	"github.com/boombuler/barcode/qr"

	"github.com/favord/favord/internal/cli/term"
)

// QRTexts are the help of the flag that prints a code, in Chinese and English, by its key.
func QRTexts() map[string][2]string {
	return map[string][2]string{"qr": {"同时打印二维码，供手机扫描", "Print it as a QR code for a phone, too."}}
}

// scanned is embedded in commands that print a link for a phone.
type scanned struct {
	QR bool `name:"qr" help:"qr"`
}

// print prints a link, and its code if it is wanted.
func (s *scanned) print(c *term.Command, link string) error {
	if s.QR {
		if err := printQR(c, link); err != nil {
			return err
		}
	} else if c.Width > 0 {
		defer c.Say("加 --qr 打印供手机扫描的二维码", "--qr prints it as a QR code for a phone.")
	}
	if _, err := fmt.Fprintln(c.Out, link); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	return nil
}

// printQR prints a text as a QR code, two of its rows a line.
func printQR(c *term.Command, text string) error {
	code, err := qr.Encode(text, qr.L, qr.Auto)
	if err != nil {
		return fmt.Errorf("qr: %w", err)
	}
	drawn := picture{code, c.Bold}
	if width := drawn.size(); c.Width > 0 && c.Width < width {
		c.Say("终端有 %d 列，二维码需要 %d 列：请放大窗口或缩小字体",
			"The terminal has %d columns, the code needs %d: widen it or take a smaller font.", c.Width, width)
	}
	if at, err := url.Parse(text); err == nil && isThisMachine(at.Hostname()) {
		c.Say("手机打不开 %s：请让沙箱监听局域网地址（favord dev --api 0.0.0.0:端口），并用 --base-url 给出",
			"A phone cannot open %s: let the sandbox listen on the network (favord dev --api 0.0.0.0:PORT) and name it by --base-url.", at.Host)
	}
	if _, err := fmt.Fprint(c.Out, drawn.String()); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	return nil
}

func isThisMachine(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// picture is a code as a terminal shows it.
type picture struct {
	image.Image
	// colours make it black on white whatever the terminal's are; without them the
	// terminal is taken to be dark.
	colours bool
}

// quiet is how many modules stay light around a code.
const quiet = 4

func (p *picture) size() int { return p.Bounds().Dx() + 2*quiet }

// isDark reports a dark module; what is around the code is light.
func (p *picture) isDark(x, y int) bool {
	at := image.Pt(x-quiet, y-quiet)
	if !at.In(p.Bounds()) {
		return false
	}
	red, _, _, _ := p.At(at.X, at.Y).RGBA()
	return red == 0
}

// String draws the code with half blocks.
func (p *picture) String() string {
	const blackOnWhite, reset = "\x1b[38;5;16;48;5;231m", "\x1b[0m"
	var b strings.Builder
	for y := 0; y < p.size(); y += 2 {
		if p.colours {
			b.WriteString(blackOnWhite)
		}
		for x := range p.size() {
			// Without colours the light modules are drawn.
			b.WriteString(half(p.isDark(x, y) == p.colours, p.isDark(x, y+1) == p.colours))
		}
		if p.colours {
			b.WriteString(reset)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// half is the character whose halves are drawn.
func half(upper, lower bool) string {
	switch {
	case upper && lower:
		return "█"
	case upper:
		return "▀"
	case lower:
		return "▄"
	}
	return " "
}

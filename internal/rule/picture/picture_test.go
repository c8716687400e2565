package picture_test

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/favord/favord/internal/rule/picture"
)

// sketch is a picture of some colours.
func sketch() image.Image {
	m := image.NewNRGBA(image.Rect(0, 0, 60, 40))
	for y := range 40 {
		for x := range 60 {
			m.Set(x, y, color.NRGBA{R: uint8(4 * x), G: uint8(6 * y), B: 99, A: uint8(255 - x)})
		}
	}
	return m
}

func pngOf(tb testing.TB, m image.Image) []byte {
	tb.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func jpegOf(tb testing.TB, m image.Image) []byte {
	tb.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

// bmpOf returns a picture of 24 bits a pixel, behind a header of the given size.
func bmpOf(width, height, header int) []byte {
	stride := (width*3 + 3) / 4 * 4
	out := append([]byte("BM"), make([]byte, 12+header)...)
	binary.LittleEndian.PutUint32(out[10:], uint32(14+header))
	binary.LittleEndian.PutUint32(out[14:], uint32(header))
	if header == 12 {
		binary.LittleEndian.PutUint16(out[18:], uint16(width))
		binary.LittleEndian.PutUint16(out[20:], uint16(height))
		binary.LittleEndian.PutUint16(out[22:], 1)
		binary.LittleEndian.PutUint16(out[24:], 24)
	} else {
		binary.LittleEndian.PutUint32(out[18:], uint32(width))
		binary.LittleEndian.PutUint32(out[22:], uint32(height))
		binary.LittleEndian.PutUint16(out[26:], 1)
		binary.LittleEndian.PutUint16(out[28:], 24)
	}
	for i := range stride * height {
		out = append(out, byte(i))
	}
	binary.LittleEndian.PutUint32(out[2:], uint32(len(out)))
	return out
}

// chunk returns a chunk of PNG.
func chunk(name, content string) []byte {
	out := binary.BigEndian.AppendUint32(nil, uint32(len(content)))
	out = append(out, name+content...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[4:]))
}

// segment returns a segment of JPEG.
func segment(marker byte, content string) []byte {
	return append(binary.BigEndian.AppendUint16([]byte{0xff, marker}, uint16(len(content)+2)), content...)
}

const secret = "GPS 39.9N 116.4E"

func TestMetadataIsDroppedAndThePixelsStay(t *testing.T) {
	t.Parallel()
	plainPNG, plainJPEG := pngOf(t, sketch()), jpegOf(t, sketch())
	const header = 8 + 25 // of a PNG: magic and IHDR
	for name, c := range map[string]struct {
		file   []byte
		format picture.Format
	}{
		"png":  {plainPNG, picture.PNG},
		"jpeg": {plainJPEG, picture.JPEG},
		"png with texts, EXIF, a profile and a time": {slices.Concat(plainPNG[:header],
			chunk("tEXt", "Comment\x00"+secret), chunk("zTXt", secret), chunk("iTXt", secret), chunk("eXIf", secret),
			chunk("iCCP", secret), chunk("tIME", "1234567"), chunk("prVt", secret), chunk("acTL", secret),
			chunk("gAMA", "\x00\x00\xb1\x8f"), chunk("sRGB", "\x00"), plainPNG[header:]), picture.PNG},
		"png with something behind it": {slices.Concat(plainPNG, []byte(secret)), picture.PNG},
		"jpeg with EXIF, a profile and a comment": {slices.Concat(plainJPEG[:2],
			segment(0xe0, "JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x02\x03"+secret), segment(0xe1, "Exif\x00\x00"+secret), segment(0xe2, "ICC_PROFILE\x00"+secret),
			segment(0xed, "Photoshop"+secret), segment(0xee, secret), segment(0xfe, secret), plainJPEG[2:]), picture.JPEG},
		"jpeg with something behind it": {slices.Concat(plainJPEG, []byte(secret)), picture.JPEG},
		"jpeg with fill bytes":          {slices.Concat(plainJPEG[:2], []byte{0xff, 0xff}, plainJPEG[2:]), picture.JPEG},
	} {
		got, err := picture.Clean(c.file)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got.Format != c.format || got.Width != 60 || got.Height != 40 || bytes.Contains(got.Content, []byte("39.9N")) || bytes.Contains(got.Content, []byte(secret)) {
			t.Errorf("%s: %s %d×%d with %q", name, got.Format, got.Width, got.Height, got.Content)
		}
		samePixels(t, name, c.file, got.Content)
		again, err := picture.Clean(got.Content)
		if err != nil || !bytes.Equal(again.Content, got.Content) {
			t.Errorf("%s: cleaning twice gives something else: %v", name, err)
		}
	}
}

func samePixels(t *testing.T, name string, before, after []byte) {
	t.Helper()
	was, _, err := image.Decode(bytes.NewReader(before))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	is, _, err := image.Decode(bytes.NewReader(after))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	for y := range is.Bounds().Dy() {
		for x := range is.Bounds().Dx() {
			if was.At(x, y) != is.At(x, y) {
				t.Fatalf("%s: pixel %d,%d changed", name, x, y)
			}
		}
	}
}

func TestABitmapIsWrittenAnewAroundItsPixels(t *testing.T) {
	t.Parallel()
	for _, header := range []int{12, 40, 52, 56, 108, 124} {
		file := bmpOf(5, 3, header)
		pixels := file[14+header:]
		// between header and pixels, and behind them, there is room for anything
		hidden := slices.Concat(file[:14+header], []byte(secret), pixels, []byte(secret))
		binary.LittleEndian.PutUint32(hidden[10:], uint32(14+header+len(secret)))
		if header == 124 {
			copy(hidden[14+60:14+108], secret) // where a profile's end points stand
			binary.LittleEndian.PutUint32(hidden[14+112:], uint32(len(hidden)-len(secret)))
		}
		got, err := picture.Clean(hidden)
		if err != nil {
			t.Errorf("header of %d: %v", header, err)
			continue
		}
		offset := binary.LittleEndian.Uint32(got.Content[10:])
		if got.Format != picture.BMP || got.Width != 5 || got.Height != 3 || !bytes.Equal(got.Content[offset:], pixels) || bytes.Contains(got.Content, []byte("39.9N")) {
			t.Errorf("header of %d: %s %d×%d: %q", header, got.Format, got.Width, got.Height, got.Content)
		}
		if int(binary.LittleEndian.Uint32(got.Content[2:])) != len(got.Content) {
			t.Errorf("header of %d: the size in the file is wrong", header)
		}
		again, err := picture.Clean(got.Content)
		if err != nil || !bytes.Equal(again.Content, got.Content) {
			t.Errorf("header of %d: cleaning twice gives something else: %v", header, err)
		}
	}
}

func TestABitmapMayHaveAPaletteMasksOrRunLengths(t *testing.T) {
	t.Parallel()
	info := func(bits uint16, compression, size, entries uint32, height int32, tables, pixels string) []byte {
		out := append([]byte("BM"), make([]byte, 12+40)...)
		binary.LittleEndian.PutUint32(out[10:], uint32(54+len(tables)))
		binary.LittleEndian.PutUint32(out[14:], 40)
		binary.LittleEndian.PutUint32(out[18:], 4)
		binary.LittleEndian.PutUint32(out[22:], uint32(height))
		binary.LittleEndian.PutUint16(out[28:], bits)
		binary.LittleEndian.PutUint32(out[30:], compression)
		binary.LittleEndian.PutUint32(out[34:], size)
		binary.LittleEndian.PutUint32(out[46:], entries)
		return append(out, tables+pixels...)
	}
	for name, file := range map[string][]byte{
		"two colours":           info(1, 0, 0, 0, 1, "00001111", "abcd"),
		"three colours of four": info(4, 0, 0, 3, 1, "000011112222", "abcd"),
		"masks":                 info(16, 3, 0, 0, 1, "rrrrggggbbbb", "abcdefgh"),
		"masks with alpha":      info(32, 6, 0, 0, 1, "rrrrggggbbbbaaaa", "abcdefghijklmnop"),
		"run lengths":           info(4, 2, 6, 2, 1, "00001111", "\x04\x01\x00\x00\x00\x01"),
		"the top row first":     info(24, 0, 0, 0, -1, "", "abcdefghijkl"),
	} {
		got, err := picture.Clean(file)
		if err != nil || !bytes.Equal(got.Content[54:], file[54:]) {
			t.Errorf("%s: %v %q", name, err, got.Content)
		}
	}
	for name, file := range map[string][]byte{
		"a JPEG within":             info(0, 4, 4, 0, 1, "", "abcd"),
		"a PNG within":              info(0, 5, 4, 0, 1, "", "abcd"),
		"run lengths of the wrong":  info(8, 2, 4, 2, 1, "00001111", "abcd"),
		"run lengths without size":  info(8, 1, 0, 2, 1, "00001111", "abcd"),
		"too large a palette":       info(8, 0, 0, 257, 1, strings.Repeat("0000", 257), "abcd"),
		"a palette that is cut off": info(8, 0, 0, 0, 1, "0000", "abcd"),
		"three bits":                info(3, 0, 0, 0, 1, strings.Repeat("0000", 8), "abcd"),
		"pixels that are cut off":   info(24, 0, 0, 0, 1, "", "abcdefghijk"),
		"the least height":          info(24, 0, 0, 0, math.MinInt32, "", "abcd"),
	} {
		if _, err := picture.Clean(file); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

func TestWhatIsNoImageIsRefused(t *testing.T) {
	t.Parallel()
	wholePNG, wholeJPEG, wholeBMP := pngOf(t, sketch()), jpegOf(t, sketch()), bmpOf(5, 3, 40)
	changed := func(file []byte, at int, to string) []byte {
		copied := bytes.Clone(file)
		copy(copied[at:], to)
		return copied
	}
	bomb := func(width, height uint32) []byte {
		header := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, width), height)
		return slices.Concat(wholePNG[:8], chunk("IHDR", string(header)+"\x08\x02\x00\x00\x00"), chunk("IDAT", "x"), chunk("IEND", ""))
	}
	for name, c := range map[string]struct {
		file []byte
		want error
	}{
		"nothing":                              {nil, picture.ErrSize},
		"two megabytes and a byte":             {append(bytes.Clone(wholePNG), make([]byte, picture.MaxBytes+1-len(wholePNG))...), picture.ErrSize},
		"SVG":                                  {[]byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`), picture.ErrFormat},
		"HTML":                                 {[]byte("<html>"), picture.ErrFormat},
		"GIF":                                  {[]byte("GIF89a\x01\x00\x01\x00\x00\x00\x00;"), picture.ErrFormat},
		"WEBP":                                 {[]byte("RIFF\x00\x00\x00\x00WEBPVP8 "), picture.ErrFormat},
		"only a magic number, PNG":             {wholePNG[:8], picture.ErrFormat},
		"only a magic number, JPEG":            {wholeJPEG[:3], picture.ErrFormat},
		"only a magic number, BMP":             {[]byte("BM"), picture.ErrFormat},
		"a PNG of 65535²":                      {bomb(65535, 65535), picture.ErrPixels},
		"a PNG of 2³²−1":                       {bomb(math.MaxUint32, math.MaxUint32), picture.ErrPixels},
		"a PNG of 16000²":                      {bomb(16000, 16000), picture.ErrPixels},
		"a PNG without width":                  {bomb(0, 5), picture.ErrFormat},
		"a JPEG of 65535²":                     {jpegOfSize(wholeJPEG, 65535, 65535), picture.ErrPixels},
		"a JPEG without height":                {jpegOfSize(wholeJPEG, 5, 0), picture.ErrFormat},
		"a BMP of 2³¹−1":                       {changed(wholeBMP, 18, "\xff\xff\xff\x7f"), picture.ErrPixels},
		"a truncated PNG":                      {wholePNG[:len(wholePNG)-12], picture.ErrFormat},
		"a PNG without pixels":                 {slices.Concat(wholePNG[:33], chunk("IEND", "")), picture.ErrFormat},
		"a PNG with a wrong checksum":          {changed(wholePNG, 40, "xxxx"), picture.ErrFormat},
		"a PNG with an unknown critical chunk": {slices.Concat(wholePNG[:33], chunk("ABCD", ""), wholePNG[33:]), picture.ErrFormat},
		"a PNG of another depth":               {slices.Concat(wholePNG[:8], chunk("IHDR", "\x00\x00\x00\x01\x00\x00\x00\x01\x03\x02\x00\x00\x00"), wholePNG[33:]), picture.ErrFormat},
		"a PNG with a long palette":            {slices.Concat(wholePNG[:33], chunk("PLTE", strings.Repeat("rgb", 257)), wholePNG[33:]), picture.ErrFormat},
		"a PNG that says it is longer":         {changed(wholePNG, 33, "\xff\xff\xff\xff"), picture.ErrFormat},
		"a truncated JPEG":                     {wholeJPEG[:len(wholeJPEG)-2], picture.ErrFormat},
		"a JPEG cut in its pixels":             {wholeJPEG[:len(wholeJPEG)*2/3], picture.ErrFormat},
		"a JPEG cut in a segment":              {wholeJPEG[:10], picture.ErrFormat},
		"a JPEG without pixels":                {slices.Concat(wholeJPEG[:2], []byte{0xff, 0xd9}), picture.ErrFormat},
		"a JPEG with a scan before its frame":  {slices.Concat(wholeJPEG[:2], segment(0xda, "x"), []byte{0xff, 0xd9}), picture.ErrFormat},
		"a lossless JPEG":                      {slices.Concat(wholeJPEG[:2], segment(0xc3, "\x08\x00\x05\x00\x05\x01\x01\x11\x00"), wholeJPEG[2:]), picture.ErrFormat},
		"a BMP with an unknown header":         {changed(wholeBMP, 14, "\x29"), picture.ErrFormat},
		"a BMP whose pixels are elsewhere":     {changed(wholeBMP, 10, "\xff\xff\xff\xff"), picture.ErrFormat},
		"a BMP whose pixels are its header":    {changed(wholeBMP, 10, "\x00\x00\x00\x00"), picture.ErrFormat},
	} {
		if got, err := picture.Clean(c.file); !errors.Is(err, c.want) {
			t.Errorf("%s: %s %d×%d, %v", name, got.Format, got.Width, got.Height, err)
		}
	}
}

// jpegOfSize changes the dimensions in the frame of a JPEG.
func jpegOfSize(file []byte, width, height uint16) []byte {
	copied := bytes.Clone(file)
	frame := bytes.Index(copied, []byte{0xff, 0xc0})
	binary.BigEndian.PutUint16(copied[frame+5:], height)
	binary.BigEndian.PutUint16(copied[frame+7:], width)
	return copied
}

func TestTheNameMustEndAsThatOfAnImage(t *testing.T) {
	t.Parallel()
	for name, fits := range map[string]bool{
		"a.jpg": true, "a.JPG": true, "a.jpeg": true, "a.png": true, "券 1.Png": true, "a.bmp": true, "../../x.png": true, ".png": true,
		"a": false, "": false, "a.gif": false, "a.svg": false, "a.png.exe": false, "png": false, "a.png\x00": false, "../../x": false, "a.png/b": false,
	} {
		if err := picture.CheckName(name); (err == nil) != fits {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestAURLLeadsBackToItsToken(t *testing.T) {
	t.Parallel()
	token, err := picture.NewToken(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	const base = picture.Base("https://img.example.com")
	url := base.URL(token)
	if got, ok := base.Token(url); !ok || got != token || !strings.HasPrefix(url, "https://img.example.com/wxpaylogo/") || !strings.HasSuffix(url, "/0") {
		t.Errorf("%s leads to %s", url, got)
	}
	if longest := picture.Base(strings.Repeat("x", picture.MaxBase)).URL(token); len(longest) != picture.MaxURL {
		t.Errorf("with the longest base a URL has %d characters", len(longest))
	}
	for _, foreign := range []string{
		"", "https://img.example.com", "https://img.example.com.evil.com" + token.Path(), "http://img.example.com" + token.Path(), "https://evil.com" + token.Path(),
		url + "?x", url + "/", url[1:], "https://img.example.com/wxpaylogo/../0", "https://img.example.com/wxpaylogo/" + strings.Repeat("/", 32) + "/0",
		"https://img.example.com/wxpaylogo/" + string(token) + "/1", string(base) + "@evil.com" + token.Path(),
	} {
		if _, ok := base.Token(foreign); ok {
			t.Errorf("%q is taken", foreign)
		}
	}
	if _, err := picture.NewToken(strings.NewReader("short")); err == nil {
		t.Error("a token without randomness")
	}
}

// FuzzCleanNeverPanics: what is cleaned stays clean, is no larger than a header more, and has
// the dimensions that others read.
func FuzzCleanNeverPanics(f *testing.F) {
	f.Add(pngOf(f, sketch()))
	f.Add(jpegOf(f, sketch()))
	for _, header := range []int{12, 40, 56, 124} {
		f.Add(bmpOf(3, 2, header))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		got, err := picture.Clean(file)
		if err != nil {
			return
		}
		if len(got.Content) > len(file) || got.Width*got.Height > picture.MaxPixels {
			t.Errorf("%d bytes became %d, %d×%d", len(file), len(got.Content), got.Width, got.Height)
		}
		if again, err := picture.Clean(got.Content); err != nil || !bytes.Equal(again.Content, got.Content) {
			t.Errorf("again: %v", err)
		}
		if config, _, err := image.DecodeConfig(bytes.NewReader(got.Content)); err == nil && (config.Width != got.Width || config.Height != got.Height) {
			t.Errorf("%d×%d, others read %d×%d", got.Width, got.Height, config.Width, config.Height)
		}
	})
}

package picture

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
)

const pngMagic = "\x89PNG\r\n\x1a\n"

// pngHeader is the first chunk.
const pngHeader = "IHDR"

// chunk sizes of PNG (ISO/IEC 15948).
const (
	headerSize   = 13
	paletteEntry = 3
	maxPalette   = 256
	chunkFrame   = 12 // length, name and checksum
)

// pngWalk copies a PNG file chunk by chunk.
type pngWalk struct {
	rest []byte
	out  []byte
	seen map[string]bool
}

func cleanPNG(file []byte) (Picture, error) {
	w := &pngWalk{rest: file[len(pngMagic):], out: append(make([]byte, 0, len(file)), pngMagic...), seen: map[string]bool{}}
	name, header, ok := w.next()
	if !ok || name != pngHeader || len(header) != headerSize {
		return Picture{}, ErrFormat
	}
	width, height := binary.BigEndian.Uint32(header), binary.BigEndian.Uint32(header[4:])
	if width > MaxSide || height > MaxSide {
		return Picture{}, ErrPixels
	}
	p := Picture{Format: PNG, Width: int(width), Height: int(height)}
	if err := checkPixels(p.Width, p.Height); err != nil {
		return Picture{}, err
	}
	if !isPNGHeader(header) {
		return Picture{}, ErrFormat
	}
	w.keep(name, header)
	if !w.chunks() {
		return Picture{}, ErrFormat
	}
	p.Content = w.out
	return p, nil
}

// isPNGHeader checks depth, colour type and methods.
func isPNGHeader(header []byte) bool {
	depth, colour := header[8], header[9]
	depths := map[byte][]byte{0: {1, 2, 4, 8, 16}, 2: {8, 16}, 3: {1, 2, 4, 8}, 4: {8, 16}, 6: {8, 16}}
	const interlaced = 1
	return bytes.IndexByte(depths[colour], depth) >= 0 && header[10] == 0 && header[11] == 0 && header[12] <= interlaced
}

// chunks copies the chunks that an image needs, up to its end, and reports whether it has
// all of them.
func (w *pngWalk) chunks() bool {
	for {
		name, content, ok := w.next()
		if !ok {
			return false
		}
		switch name {
		case "IEND":
			w.keep(name, nil)
			return w.seen["IDAT"]
		case "IDAT":
			w.keep(name, content)
		default:
			if !w.other(name, content) {
				return false
			}
		}
		w.seen[name] = true
	}
}

// other copies a chunk that says how to read colours, once, and leaves out metadata. It
// reports false for what no image may have.
func (w *pngWalk) other(name string, content []byte) bool {
	var fits bool
	switch name {
	case "PLTE":
		fits = len(content) > 0 && len(content) <= maxPalette*paletteEntry && len(content)%paletteEntry == 0
	case "tRNS":
		fits = len(content) <= maxPalette
	case "gAMA":
		fits = len(content) == 4
	case "cHRM":
		fits = len(content) == 32
	case "sRGB":
		fits = len(content) == 1
	default:
		const ancillary = 0x20 // lower case: an image can be read without it
		return name[0]&ancillary != 0
	}
	if fits && !w.seen[name] {
		w.keep(name, content)
	}
	return fits
}

// next reads a chunk whose checksum is right.
func (w *pngWalk) next() (name string, content []byte, ok bool) {
	if len(w.rest) < chunkFrame {
		return "", nil, false
	}
	length := binary.BigEndian.Uint32(w.rest)
	if int64(length) > int64(len(w.rest)-chunkFrame) {
		return "", nil, false
	}
	named := w.rest[4 : 8+length]
	if crc32.ChecksumIEEE(named) != binary.BigEndian.Uint32(w.rest[8+length:]) {
		return "", nil, false
	}
	w.rest = w.rest[chunkFrame+length:]
	return string(named[:4]), named[4:], true
}

func (w *pngWalk) keep(name string, content []byte) {
	w.out = binary.BigEndian.AppendUint32(w.out, uint32(len(content))) //nolint:gosec // no longer than the file
	begin := len(w.out)
	w.out = append(append(w.out, name...), content...)
	w.out = binary.BigEndian.AppendUint32(w.out, crc32.ChecksumIEEE(w.out[begin:]))
}

package picture

import (
	"encoding/binary"
	"slices"
)

const bmpMagic = "BM"

// Sizes of the headers of BMP: the file's, then one of several of the image.
const (
	bmpFileHeader = 14
	bmpCore       = 12
	bmpInfo       = 40
	bmpV2         = 52
	bmpV3         = 56
	bmpV4         = 108
	bmpV5         = 124
)

// Compressions of BMP. Those that hold a whole JPEG or PNG file are not for screens.
const (
	bmpPlain      = 0
	bmpRLE8       = 1
	bmpRLE4       = 2
	bmpMasks      = 3
	bmpAlphaMasks = 6
)

// bmpImage is what the header of an image says.
type bmpImage struct {
	header        []byte // of one of the sizes above
	width, height int
	bits          int
	compression   uint32
	// masks and palette follow the header.
	masks, palette int // in bytes
}

func cleanBMP(file []byte) (Picture, error) {
	if len(file) < bmpFileHeader+bmpCore {
		return Picture{}, ErrFormat
	}
	image, err := readBMP(file[bmpFileHeader:])
	if err != nil {
		return Picture{}, err
	}
	tables := len(image.header) + image.masks + image.palette
	offset := binary.LittleEndian.Uint32(file[10:])
	if uint64(offset) > uint64(len(file)) || int(offset) < bmpFileHeader+tables {
		return Picture{}, ErrFormat
	}
	pixels, ok := image.pixels(file[offset:])
	if !ok {
		return Picture{}, ErrFormat
	}
	return Picture{
		Format: BMP, Width: image.width, Height: image.height,
		Content: image.write(file[bmpFileHeader+len(image.header):bmpFileHeader+tables], pixels),
	}, nil
}

// readBMP reads the header of an image, with which rest begins.
func readBMP(rest []byte) (*bmpImage, error) {
	size := binary.LittleEndian.Uint32(rest)
	if !slices.Contains([]uint32{bmpCore, bmpInfo, bmpV2, bmpV3, bmpV4, bmpV5}, size) || uint64(size) > uint64(len(rest)) {
		return nil, ErrFormat
	}
	i := &bmpImage{header: rest[:size]}
	if size == bmpCore {
		i.readCore()
	} else {
		i.readInfo()
	}
	if !slices.Contains([]int{1, 4, 8, 16, 24, 32}, i.bits) || i.palette < 0 || i.masks+i.palette > len(rest)-len(i.header) {
		return nil, ErrFormat
	}
	if !i.compressionFits() {
		return nil, ErrFormat
	}
	return i, checkPixels(i.width, i.height)
}

func (i *bmpImage) readCore() {
	i.width, i.height = int(binary.LittleEndian.Uint16(i.header[4:])), int(binary.LittleEndian.Uint16(i.header[6:]))
	i.bits = int(binary.LittleEndian.Uint16(i.header[10:]))
	if i.bits <= 8 {
		i.palette = 3 << i.bits
	}
}

func (i *bmpImage) readInfo() {
	i.width = int(int32(binary.LittleEndian.Uint32(i.header[4:])))  //nolint:gosec // it is signed
	i.height = int(int32(binary.LittleEndian.Uint32(i.header[8:]))) //nolint:gosec // negative when the first row is the top one
	i.height = max(i.height, -i.height)
	i.bits = int(binary.LittleEndian.Uint16(i.header[14:]))
	i.compression = binary.LittleEndian.Uint32(i.header[16:])
	if len(i.header) == bmpInfo {
		i.masks = map[uint32]int{bmpMasks: 12, bmpAlphaMasks: 16}[i.compression]
	}
	const maxEntries, entry = 256, 4
	entries := binary.LittleEndian.Uint32(i.header[32:])
	switch {
	case entries > maxEntries:
		i.palette = -1
	case entries > 0:
		i.palette = entry * int(entries)
	case i.bits <= 8:
		i.palette = entry << i.bits
	}
}

func (i *bmpImage) compressionFits() bool {
	switch i.compression {
	case bmpPlain:
		return true
	case bmpRLE8:
		return i.bits == 8
	case bmpRLE4:
		return i.bits == 4
	case bmpMasks, bmpAlphaMasks:
		return i.bits == 16 || i.bits == 32
	}
	return false
}

// pixels returns the part of rest that holds the pixels, and whether it is all there.
func (i *bmpImage) pixels(rest []byte) ([]byte, bool) {
	const word = 32
	size := (i.width*i.bits + word - 1) / word * (word / 8) * i.height
	if i.compression == bmpRLE4 || i.compression == bmpRLE8 {
		size = int(binary.LittleEndian.Uint32(i.header[20:]))
		return rest[:min(size, len(rest))], size > 0 && size <= len(rest)
	}
	return rest[:min(size, len(rest))], size <= len(rest)
}

// write puts a file together without gaps, colour profile and reserved values. A header
// of the newest kind, whose profile is gone, becomes one of the kind before.
func (i *bmpImage) write(tables, pixels []byte) []byte {
	header := slices.Clone(i.header)
	if len(header) >= bmpV4 {
		header = header[:bmpV4]
		binary.LittleEndian.PutUint32(header, bmpV4)
		const colours, sRGB = 56, 0x73524742
		binary.LittleEndian.PutUint32(header[colours:], sRGB)
		clear(header[colours+4:])
	}
	offset := bmpFileHeader + len(header) + len(tables)
	out := append(make([]byte, 0, offset+len(pixels)), bmpMagic...)
	out = binary.LittleEndian.AppendUint32(out, uint32(offset+len(pixels))) //nolint:gosec // no longer than the file
	out = append(out, 0, 0, 0, 0)
	out = binary.LittleEndian.AppendUint32(out, uint32(offset)) //nolint:gosec // as above
	return slices.Concat(out, header, tables, pixels)
}

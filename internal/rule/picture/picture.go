// Package picture holds the rules about marketing images: which files are images, how
// large they may be, what of them is served, and how their URLs look. It is pure, and never
// decodes a pixel: it walks through a file and copies what an image needs, so that a file
// of two megabytes cannot become gigabytes, and nothing that a camera or an editor wrote
// beside the image goes out.
package picture

import (
	"bytes"
	"path"
	"strings"

	"github.com/favord/favord/internal/base/fault"
)

// Bounds of an image.
const (
	// MaxBytes is the size of the largest file (media 4).
	MaxBytes = 2 << 20
	// MaxSide and MaxPixels are the largest dimensions. The contract names none; a
	// phone's photo fits, an image that would fill the memory of whoever shows it does
	// not.
	MaxSide   = 16_384
	MaxPixels = 50_000_000
)

// Refusals of a file (media 5).
var (
	ErrFormat = fault.New(fault.Invalid,
		"文件格式错误，仅支持JPG、BMP、PNG",
		"The file must be a whole JPG, BMP or PNG image, and its name must end in .jpg, .jpeg, .bmp or .png.")
	ErrSize = fault.New(fault.Invalid,
		"文件大小不能超过2M",
		"The file must not be empty or larger than 2 MB.")
	// ErrPixels is ours: the contract knows no such bound.
	ErrPixels = fault.New(fault.Invalid,
		"图片尺寸过大，单边不能超过16384像素，总像素不能超过5000万",
		"The image is too large: at most 16384 pixels on each side and 50 million in all.")
)

// Format is the media type of an image.
type Format string

// The formats.
const (
	JPEG Format = "image/jpeg"
	PNG  Format = "image/png"
	BMP  Format = "image/bmp"
)

// Picture is an image that is safe to serve.
type Picture struct {
	Format        Format
	Width, Height int
	// Content is the file without metadata and without whatever followed the image.
	Content []byte
}

// Clean returns the image of a file without its metadata. What looks like an image decides,
// not the name. It reports [ErrSize], [ErrFormat] or [ErrPixels].
func Clean(file []byte) (Picture, error) {
	if len(file) == 0 || len(file) > MaxBytes {
		return Picture{}, ErrSize
	}
	switch {
	case bytes.HasPrefix(file, []byte(jpegMagic)):
		return cleanJPEG(file)
	case bytes.HasPrefix(file, []byte(pngMagic)):
		return cleanPNG(file)
	case bytes.HasPrefix(file, []byte(bmpMagic)):
		return cleanBMP(file)
	}
	return Picture{}, ErrFormat
}

// CheckName reports [ErrFormat] unless a file's name ends as that of an image. It need not be
// that of the image in the file. The name is never used as one.
func CheckName(name string) error {
	switch strings.ToLower(path.Ext(name)) {
	case ".jpg", ".jpeg", ".png", ".bmp":
		return nil
	}
	return ErrFormat
}

// checkPixels holds dimensions to their bounds; none may be zero.
func checkPixels(width, height int) error {
	switch {
	case width <= 0 || height <= 0:
		return ErrFormat
	case width > MaxSide || height > MaxSide || width > MaxPixels/height:
		return ErrPixels
	}
	return nil
}

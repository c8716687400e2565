package picture

import (
	"bytes"
	"encoding/binary"
)

const jpegMagic = "\xff\xd8\xff"

// Markers of JPEG (ITU T.81, table B.1).
const (
	markerStart      = 0xd8
	markerEnd        = 0xd9
	markerScan       = 0xda
	markerTables     = 0xdb // quantization
	markerHuffman    = 0xc4
	markerRestart    = 0xdd // interval
	markerBaseline   = 0xc0
	markerExtended   = 0xc1
	markerProgress   = 0xc2
	markerComment    = 0xfe
	markerApp0       = 0xe0
	markerAdobe      = 0xee
	markerApp15      = 0xef
	firstRestartMark = 0xd0
	lastRestartMark  = 0xd7
)

// Segments of applications that say how to read colours. Their sizes are those of the
// content that is kept.
const (
	jfifName  = "JFIF\x00"
	jfifSize  = 14
	adobeName = "Adobe"
	adobeSize = 12
)

// jpegWalk copies a JPEG file segment by segment.
type jpegWalk struct {
	file          []byte
	at            int
	out           []byte
	width, height int
	scans         int
}

func cleanJPEG(file []byte) (Picture, error) {
	w := &jpegWalk{file: file, at: 2, out: append(make([]byte, 0, len(file)), 0xff, markerStart)}
	for {
		marker, ok := w.marker()
		if !ok {
			return Picture{}, ErrFormat
		}
		if marker == markerEnd {
			break
		}
		if err := w.segment(marker); err != nil {
			return Picture{}, err
		}
	}
	if w.scans == 0 {
		return Picture{}, ErrFormat
	}
	w.out = append(w.out, 0xff, markerEnd)
	return Picture{Format: JPEG, Width: w.width, Height: w.height, Content: w.out}, nil
}

// marker reads the next marker; it may be preceded by fill bytes.
func (w *jpegWalk) marker() (byte, bool) {
	if w.at >= len(w.file) || w.file[w.at] != 0xff {
		return 0, false
	}
	for w.at < len(w.file) && w.file[w.at] == 0xff {
		w.at++
	}
	if w.at >= len(w.file) || w.file[w.at] == 0 {
		return 0, false
	}
	w.at++
	return w.file[w.at-1], true
}

// segment reads a segment, and copies it if the image needs it.
func (w *jpegWalk) segment(marker byte) error {
	content, ok := w.content()
	if !ok {
		return ErrFormat
	}
	switch {
	case marker == markerTables, marker == markerHuffman, marker == markerRestart:
		w.keep(marker, content)
	case marker == markerBaseline, marker == markerExtended, marker == markerProgress:
		return w.frame(marker, content)
	case marker == markerScan:
		return w.scan(content)
	case marker == markerApp0 && bytes.HasPrefix(content, []byte(jfifName)) && len(content) >= jfifSize:
		w.keep(marker, append(bytes.Clone(content[:jfifSize-2]), 0, 0)) // without thumbnail
	case marker == markerAdobe && bytes.HasPrefix(content, []byte(adobeName)) && len(content) >= adobeSize:
		w.keep(marker, content[:adobeSize])
	case marker == markerComment, marker >= markerApp0 && marker <= markerApp15:
		// metadata
	default:
		return ErrFormat // no browser shows it
	}
	return nil
}

// content reads the length of a segment and returns what follows it.
func (w *jpegWalk) content() ([]byte, bool) {
	const lengthSize = 2
	if len(w.file)-w.at < lengthSize {
		return nil, false
	}
	length := int(binary.BigEndian.Uint16(w.file[w.at:]))
	if length < lengthSize || length > len(w.file)-w.at {
		return nil, false
	}
	content := w.file[w.at+lengthSize : w.at+length]
	w.at += length
	return content, true
}

func (w *jpegWalk) keep(marker byte, content []byte) {
	w.out = append(w.out, 0xff, marker)
	w.out = binary.BigEndian.AppendUint16(w.out, uint16(len(content)+2)) //nolint:gosec // it was read from as many bits
	w.out = append(w.out, content...)
}

// frame reads the dimensions.
func (w *jpegWalk) frame(marker byte, content []byte) error {
	const smallest = 9 // precision, height, width, one component
	if len(content) < smallest || w.width != 0 {
		return ErrFormat
	}
	w.height, w.width = int(binary.BigEndian.Uint16(content[1:])), int(binary.BigEndian.Uint16(content[3:]))
	w.keep(marker, content)
	return checkPixels(w.width, w.height)
}

// scan copies the header of a scan and its data, which ends at the next marker that is no
// restart.
func (w *jpegWalk) scan(header []byte) error {
	if w.width == 0 {
		return ErrFormat
	}
	w.scans++
	w.keep(markerScan, header)
	begin := w.at
	for {
		next := bytes.IndexByte(w.file[w.at:], 0xff)
		if next < 0 || w.at+next+1 >= len(w.file) {
			return ErrFormat
		}
		w.at += next
		if follows := w.file[w.at+1]; follows != 0 && (follows < firstRestartMark || follows > lastRestartMark) {
			break
		}
		w.at += 2
	}
	w.out = append(w.out, w.file[begin:w.at]...)
	return nil
}

package pgstore

import (
	"encoding/binary"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

// arrays writes the parameters of inserts by unnest, which are nearly all that a batch sends, without
// the detour that the driver makes for each of their values; all else is the driver's.
type arrays struct{ *pgtype.ArrayCodec }

// writeArrays has a connection write arrays in this way.
func writeArrays(conn *pgx.Conn) {
	types := conn.TypeMap()
	for _, oid := range []uint32{pgtype.TextArrayOID, pgtype.Int8ArrayOID, pgtype.ByteaArrayOID} {
		known, is := types.TypeForOID(oid)
		if !is {
			continue
		}
		if codec, is := known.Codec.(*pgtype.ArrayCodec); is {
			types.RegisterType(&pgtype.Type{Name: known.Name, OID: oid, Codec: arrays{codec}})
		}
	}
}

func (a arrays) PlanEncode(m *pgtype.Map, oid uint32, format int16, value any) pgtype.EncodePlan {
	if format == pgtype.BinaryFormatCode {
		switch value.(type) {
		case []string:
			return list[string]{a.ElementType.OID, func(buf []byte, text string) []byte {
				return append(appendLength(buf, len(text)), text...)
			}}
		case [][]byte:
			return list[[]byte]{a.ElementType.OID, appendBytes}
		case []int64:
			return list[int64]{a.ElementType.OID, func(buf []byte, n int64) []byte {
				const length = 8
				return binary.BigEndian.AppendUint64(appendLength(buf, length), uint64(n)) //nolint:gosec // its bits
			}}
		}
	}
	return a.ArrayCodec.PlanEncode(m, oid, format, value)
}

// null stands for the length of a value that is none.
const null = 0xFFFFFFFF

// appendBytes appends what a value is; nil is null.
func appendBytes(buf, value []byte) []byte {
	if value == nil {
		return binary.BigEndian.AppendUint32(buf, null)
	}
	return append(appendLength(buf, len(value)), value...)
}

func appendLength(buf []byte, n int) []byte {
	return binary.BigEndian.AppendUint32(buf, uint32(n)) //nolint:gosec // a message that long cannot be sent
}

// list writes an array of one dimension in the format of array_send.
type list[T any] struct {
	element uint32
	add     func(buf []byte, value T) []byte
}

// Encode implements pgtype.EncodePlan. The driver has written a nil slice as null before.
func (l list[T]) Encode(value any, buf []byte) ([]byte, error) {
	values, _ := value.([]T)
	const dimensions, first = 1, 1
	buf = appendLength(buf, dimensions)
	flags := len(buf)
	buf = appendLength(buf, 0)
	buf = binary.BigEndian.AppendUint32(buf, l.element)
	buf = appendLength(appendLength(buf, len(values)), first)
	for i := range values {
		before := len(buf)
		buf = l.add(buf, values[i])
		if binary.BigEndian.Uint32(buf[before:]) == null {
			binary.BigEndian.PutUint32(buf[flags:], 1) // it has nulls
		}
	}
	return buf, nil
}

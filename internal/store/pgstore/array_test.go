package pgstore_test

import (
	"bytes"
	"strconv"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"
	"pgregory.net/rapid"

	"github.com/favord/favord/internal/store/engines"
)

// TestArraysAreWrittenAsTheDriverWritesThem compares the parameters of a connection of this engine with
// those of the driver alone.
func TestArraysAreWrittenAsTheDriverWritesThem(t *testing.T) {
	t.Parallel()
	s := mustOpen(t, engines.Database(t))
	if err := s.Pool().AcquireFunc(t.Context(), func(conn *pgxpool.Conn) error {
		ours, drivers := conn.Conn().TypeMap(), pgtype.NewMap()
		rapid.Check(t, func(r *rapid.T) {
			for oid, value := range map[uint32]any{
				pgtype.TextArrayOID:  rapid.SliceOf(rapid.String()).Draw(r, "texts"),
				pgtype.Int8ArrayOID:  rapid.SliceOf(rapid.Int64()).Draw(r, "numbers"),
				pgtype.ByteaArrayOID: rapid.SliceOf(rapid.OneOf(rapid.SliceOf(rapid.Byte()), rapid.Just([]byte(nil)))).Draw(r, "bytes"),
			} {
				want, err := drivers.Encode(oid, pgtype.BinaryFormatCode, value, []byte("before"))
				got, errOurs := ours.Encode(oid, pgtype.BinaryFormatCode, value, []byte("before"))
				if !bytes.Equal(got, want) || err != nil || errOurs != nil {
					r.Errorf("%T: % x, %v; want % x, %v", value, got, errOurs, want, err)
				}
			}
		})
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// TestWhatIsNoPlainArrayIsTheDrivers: other types of slices, and arrays that are read.
func TestWhatIsNoPlainArrayIsTheDrivers(t *testing.T) {
	t.Parallel()
	type name string
	s := mustOpen(t, engines.Database(t))
	var back []string
	var n int
	err := s.Pool().QueryRow(t.Context(), `select $1::text[] || $2::text[], coalesce(array_length($3::bigint[], 1), -1)`,
		[]name{"a"}, []string{"b", ""}, []int64(nil)).Scan(&back, &n)
	if len(back) != 3 || back[0] != "a" || back[1] != "b" || back[2] != "" || n != -1 || err != nil {
		t.Errorf("came back as %q, %d, %v", back, n, err)
	}
}

func BenchmarkArrays(b *testing.B) {
	s := mustOpen(b, engines.Database(b))
	texts := make([]string, 256)
	for i := range texts {
		texts[i] = "oUpF8uMuAJO_M2pxb1Q9zNj" + strconv.Itoa(i)
	}
	if err := s.Pool().AcquireFunc(b.Context(), func(conn *pgxpool.Conn) error {
		for name, types := range map[string]*pgtype.Map{"engine": conn.Conn().TypeMap(), "driver": pgtype.NewMap()} {
			b.Run(name, func(b *testing.B) {
				b.ReportAllocs()
				var buf []byte
				for b.Loop() {
					var err error
					if buf, err = types.Encode(pgtype.TextArrayOID, pgx.BinaryFormatCode, texts, buf[:0]); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
		return nil
	}); err != nil {
		b.Fatal(err)
	}
}

package pgstore_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/pgstore"
	"github.com/favord/favord/internal/store/pgtest"
)

// TestAServerWithAFullDiskIsToldAndHeals has triggers say what PostgreSQL says when its disk is
// full: to an insert, and to the making of a table.
func TestAServerWithAFullDiskIsToldAndHeals(t *testing.T) {
	t.Parallel()
	dsn := pgtest.Shared(t).Empty(t)
	s, err := pgstore.Open(t.Context(), pgstore.Options{DSN: dsn, Mode: store.Sandbox})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	add := func(tx store.Tx) error {
		return tx.AppendAudit(t.Context(), entry("1"))
	}
	administer(t, dsn, `
		create function no_room() returns trigger language plpgsql as
		$$ begin raise exception using errcode = '53100', message = 'could not extend file'; end $$;
		create function no_room_at_all() returns event_trigger language plpgsql as
		$$ begin raise exception using errcode = '53100', message = 'could not extend file'; end $$;
		create trigger fill before insert on audit for each row execute function no_room();
		create event trigger fill on ddl_command_start when tag in ('CREATE TABLE') execute function no_room_at_all()`)
	if err := s.Room(t.Context()); err != nil {
		t.Errorf("before a change failed: %v", err)
	}
	if err := s.Write(t.Context(), add); !errors.Is(err, store.ErrFull) {
		t.Fatalf("a change gives %v", err)
	}
	for range 2 { // and stays so
		if err := s.Room(t.Context()); fault.KindOf(err) != fault.Refused || !strings.Contains(err.Error(), "is full; free some space") {
			t.Errorf("a full disk gives %v", err)
		}
	}
	administer(t, dsn, `drop event trigger fill; drop trigger fill on audit`)
	if err := s.Room(t.Context()); err != nil {
		t.Errorf("with room again: %v", err)
	}
	if err := s.Write(t.Context(), add); err != nil {
		t.Errorf("a change with room again: %v", err)
	}
}

// administer runs a script as the owner of the cluster.
func administer(t *testing.T, dsn, script string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }()
	if _, err := conn.Exec(t.Context(), script); err != nil {
		t.Fatal(err)
	}
}

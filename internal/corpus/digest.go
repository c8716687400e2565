package corpus

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// Digest is one over every row of every table of a SQLite database, which may be open elsewhere,
// without the places that a server gives to the entries of the audit some time after their changes.
func Digest(ctx context.Context, path string) (digest string, err error) {
	db, err := sql.Open("sqlite", "file:"+path+"?mode=ro")
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	tables, err := column(ctx, db, "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'audit_head' ORDER BY name")
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	for _, table := range tables {
		chosen := "*"
		if table == "audit" {
			chosen = "creator_mchid, id, at, actor, action, object, request_id, was, became"
		}
		rows, err := column(ctx, db, "SELECT "+chosen+` FROM "`+table+`"`)
		if err != nil {
			return "", err
		}
		_, _ = fmt.Fprintf(sum, "%s %d\n%s\n", table, len(rows), strings.Join(rows, "\n"))
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// column returns each row of a query as one text.
func column(ctx context.Context, db *sql.DB, query string) (lines []string, err error) {
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	names, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	values := make([]any, len(names))
	for i := range values {
		values[i] = new(any)
	}
	for rows.Next() {
		if err := rows.Scan(values...); err != nil {
			return nil, err
		}
		var line strings.Builder
		for i, value := range values {
			if i > 0 {
				line.WriteByte('|')
			}
			_, _ = fmt.Fprint(&line, *value.(*any)) //nolint:forcetypeassert // they were made so
		}
		lines = append(lines, line.String())
	}
	return lines, rows.Err()
}

package e2e

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/favord/favord/client"
	"github.com/favord/favord/wire/manage"
	"github.com/favord/favord/wire/schema"
)

// figure names a count: what happened in an hour with a stock.
type figure struct {
	hour        int64
	stock, kind string
}

func numberOf(n int) string { return fmt.Sprintf("figures%07d", n) }

// userOf gives some requests a user.
func userOf(n int) string { return fmt.Sprintf("o%027d", n/50) }

// What becomes of the coupons of ten requests: three are used, one is deactivated.
func isUsed(n int) bool   { return n%10 == 1 || n%10 == 4 || n%10 == 7 }
func isVoided(n int) bool { return n%10 == 2 }

// compareFigures compares what a node says of every hour with the coupons that there are, and those
// with what was acknowledged.
func (p *process) compareFigures(t *testing.T, database string, requests int) {
	t.Helper()
	there := countCoupons(t, database)
	sums, want := map[string]int64{}, map[string]int64{"ISSUED": int64(requests)}
	for one, n := range there {
		sums[one.kind] += n
	}
	for n := range requests {
		if isUsed(n) {
			want["USED"]++
		} else if isVoided(n) {
			want["DEACTIVATED"]++
		}
	}
	if diff := cmp.Diff(want, sums); diff != "" {
		t.Errorf("what was acknowledged (-) is not what there is (+):\n%s", diff)
	}
	if diff := cmp.Diff(there, p.figures(t), cmp.AllowUnexported(figure{})); diff != "" {
		t.Errorf("what there is (-) is not what the node says (+):\n%s", diff)
	}
}

func countCoupons(t *testing.T, database string) map[figure]int64 {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }()
	rows, err := conn.Query(t.Context(), `
		select e.at / 3600, stock_id, e.kind, count(*)
		from coupon
		cross join lateral (values (received_at, 'ISSUED'), (used_at, 'USED'), (deactivated_at, 'DEACTIVATED')) e (at, kind)
		where e.at > 0
		group by 1, 2, 3`)
	if err != nil {
		t.Fatal(err)
	}
	list, one, n := map[figure]int64{}, figure{}, int64(0)
	if _, err := pgx.ForEachRow(rows, []any{&one.hour, &one.stock, &one.kind, &n}, func() error {
		list[one] = n
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return list
}

// figures asks a node what it counted.
func (p *process) figures(t *testing.T) map[figure]int64 {
	t.Helper()
	m, err := client.NewManagement(client.ManagementConfig{BaseURL: p.ManageURL})
	if err != nil {
		t.Fatal(err)
	}
	got, err := m.Series(t.Context(), &manage.SeriesRequest{
		MchID: p.MchID, Step: "HOUR", By: "STOCK",
		From: schema.TimeOf(time.Now().Add(-24 * time.Hour)), Until: schema.TimeOf(time.Now().Add(time.Hour)),
	})
	if err != nil {
		t.Fatal(err)
	}
	list := map[figure]int64{}
	for i := range got.Points {
		if one := &got.Points[i]; one.Product == "busifavor" {
			list[figure{one.Time.Unix() / 3600, one.StockID, one.Kind}] += one.Count
		}
	}
	return list
}

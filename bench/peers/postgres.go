package peers

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Way is how an issue is done on PostgreSQL.
type Way int

// The ways.
const (
	// RowLock locks the stock with select … for update, checks in the program, and
	// writes row by row: one round trip for each.
	RowLock Way = iota
	// OneStatement does everything in one statement of guarded updates and inserts.
	OneStatement
)

// String names the way.
func (w Way) String() string {
	return map[Way]string{RowLock: "row lock", OneStatement: "one statement"}[w]
}

// Postgres is a peer on PostgreSQL. Use OpenPostgres.
type Postgres struct {
	pool   *pgxpool.Pool
	way    Way
	limits Limits
}

const schema = `
create table stock (
	id            int primary key,
	state         text not null,
	begin_at      bigint not null,
	end_at        bigint not null,
	max_coupons   bigint not null,
	max_per_user  bigint not null,
	max_per_day   bigint not null,
	issued        bigint not null default 0,
	day           bigint not null default 0,
	issued_today  bigint not null default 0
) with (fillfactor = 40);

create table holder (
	stock     int not null,
	holder    text collate "C" not null,
	received  bigint not null,
	primary key (stock, holder)
) with (fillfactor = 85);

create table request (
	stock   int not null,
	holder  text collate "C" not null,
	number  text collate "C" not null,
	code    text collate "C" not null,
	primary key (stock, holder, number)
);

create table coupon (
	id           bigint generated always as identity,
	code         text collate "C" primary key,
	stock        int not null,
	holder       text collate "C" not null,
	number       text collate "C" not null,
	state        text not null,
	received_at  bigint not null
);

create index coupon_by_holder on coupon (holder, id);

create table outbox (
	id       bigint generated always as identity primary key,
	payload  text not null
);`

// OpenPostgres makes stocks in an empty database, with so many connections.
func OpenPostgres(ctx context.Context, dsn string, w Way, stocks, connections int, l Limits) (*Postgres, error) {
	config, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, fmt.Errorf("peers: %w", err)
	}
	config.MaxConns = int32(connections) //nolint:gosec // a handful
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("peers: %w", err)
	}
	p := &Postgres{pool: pool, way: w, limits: l}
	if _, err := pool.Exec(ctx, schema); err != nil {
		return nil, errors.Join(fmt.Errorf("peers: %w", err), p.Close())
	}
	_, err = pool.Exec(ctx, `
		insert into stock (id, state, begin_at, end_at, max_coupons, max_per_user, max_per_day)
		select i, 'RUNNING', extract(epoch from now())::bigint - $2, extract(epoch from now())::bigint + $2, $3, $4, $5
		from generate_series(0, $1::int - 1) i`,
		stocks, int64(validity/time.Second), l.MaxCoupons, l.MaxPerUser, l.MaxPerDay)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("peers: %w", err), p.Close())
	}
	return p, nil
}

// Close implements Peer.
func (p *Postgres) Close() error {
	p.pool.Close()
	return nil
}

// Issue implements Peer.
func (p *Postgres) Issue(ctx context.Context, c Claim) (string, error) {
	if p.way == OneStatement {
		return p.oneStatement(ctx, c)
	}
	var code string
	err := pgx.BeginFunc(ctx, p.pool, func(tx pgx.Tx) (err error) {
		code, err = rowLock(ctx, tx, c)
		return err
	})
	return code, err
}

// stock is a row of the table.
type stock struct {
	state                             string
	begin, end                        int64
	maxCoupons, maxPerUser, maxPerDay int64
	issued, day, today                int64
}

func rowLock(ctx context.Context, tx pgx.Tx, c Claim) (string, error) {
	var s stock
	if err := tx.QueryRow(ctx, `
		select state, begin_at, end_at, max_coupons, max_per_user, max_per_day, issued, day, issued_today
		from stock where id = $1 for update`, c.Stock,
	).Scan(&s.state, &s.begin, &s.end, &s.maxCoupons, &s.maxPerUser, &s.maxPerDay, &s.issued, &s.day, &s.today); err != nil {
		return "", err
	}
	var code string
	err := tx.QueryRow(ctx, `select code from request where stock = $1 and holder = $2 and number = $3`, c.Stock, c.User, c.Number).Scan(&code)
	if err == nil || !errors.Is(err, pgx.ErrNoRows) {
		return code, err
	}
	var received int64
	err = tx.QueryRow(ctx, `select received from holder where stock = $1 and holder = $2`, c.Stock, c.User).Scan(&received)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return "", err
	}
	if !s.admits(received, c.At.Unix()) {
		return "", ErrRefused
	}
	code = newCode()
	return code, s.write(ctx, tx, c, code)
}

// admits decides by the rules, and counts the coupon of the day.
func (s *stock) admits(received, now int64) bool {
	if day := now / secondsPerDay; s.day != day {
		s.day, s.today = day, 0
	}
	return s.state == "RUNNING" && s.begin <= now && now <= s.end &&
		s.issued < s.maxCoupons && s.today < s.maxPerDay && received < s.maxPerUser
}

func (s *stock) write(ctx context.Context, tx pgx.Tx, c Claim, code string) error {
	for _, step := range []struct {
		statement string
		arguments []any
	}{
		{
			`insert into coupon (code, stock, holder, number, state, received_at) values ($1, $2, $3, $4, 'SENDED', $5)`,
			[]any{code, c.Stock, c.User, c.Number, c.At.Unix()},
		},
		{`insert into request (stock, holder, number, code) values ($1, $2, $3, $4)`, []any{c.Stock, c.User, c.Number, code}},
		{`insert into outbox (payload) values ($1)`, []any{c.payload(code)}},
		{`insert into holder as h (stock, holder, received) values ($1, $2, 1)
			on conflict (stock, holder) do update set received = h.received + 1`, []any{c.Stock, c.User}},
		{`update stock set issued = issued + 1, day = $2, issued_today = $3 where id = $1`, []any{c.Stock, s.day, s.today + 1}},
	} {
		if _, err := tx.Exec(ctx, step.statement, step.arguments...); err != nil {
			return err
		}
	}
	return nil
}

// guarded is the one statement. A number that is known changes nothing. The stock counts
// only if it may; the holder only if the stock did; and when the stock counted and the
// holder may not, a division by zero undoes both.
const guarded = `
with known as (
	select code from request where stock = $1 and holder = $2 and number = $3
), counted as (
	update stock
	set issued = issued + 1, day = $5, issued_today = case when day = $5 then issued_today + 1 else 1 end
	where id = $1 and state = 'RUNNING' and $4::bigint between begin_at and end_at
	  and issued < max_coupons and (day <> $5 or issued_today < max_per_day)
	  and not exists (select from known)
	returning id, max_per_user
), held as (
	insert into holder as h (stock, holder, received)
	select id, $2, 1 from counted
	on conflict (stock, holder) do update set received = h.received + 1
	where h.received < (select max_per_user from counted)
	returning stock
), given as (
	insert into coupon (code, stock, holder, number, state, received_at)
	select $6, stock, $2, $3, 'SENDED', $4 from held
	returning code
), asked as (
	insert into request (stock, holder, number, code)
	select $1, $2, $3, code from given
), told as (
	insert into outbox (payload)
	select $7 from given
)
select code from known
union all
select code from given
union all
select (1 / (select count(*) from held))::text from counted where not exists (select from held)`

// Codes of PostgreSQL.
const (
	divisionByZero  = "22012"
	uniqueViolation = "23505"
)

func (p *Postgres) oneStatement(ctx context.Context, c Claim) (string, error) {
	now, fresh := c.At.Unix(), newCode()
	for {
		var code string
		err := p.pool.QueryRow(ctx, guarded, c.Stock, c.User, c.Number, now, now/secondsPerDay, fresh, c.payload(fresh)).Scan(&code)
		refused := new(pgconn.PgError)
		switch {
		case errors.Is(err, pgx.ErrNoRows):
			return "", ErrRefused
		case errors.As(err, &refused) && refused.Code == divisionByZero:
			return "", ErrRefused
		case errors.As(err, &refused) && refused.Code == uniqueViolation:
			continue // the same number came twice at once: now it is known
		}
		return code, err
	}
}

// Totals implements Peer.
func (p *Postgres) Totals(ctx context.Context) (Totals, error) {
	var t Totals
	err := p.pool.QueryRow(ctx, `
		select (select sum(issued)::bigint from stock), (select count(*) from coupon), (select count(*) from request),
		       (select count(*) from outbox), (select coalesce(max(received), 0) from holder)`,
	).Scan(&t.Counted, &t.Coupons, &t.Requests, &t.Events, &t.MostPerUser)
	return t, err
}

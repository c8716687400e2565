package sqlitestore

import (
	"context"
	"errors"
	"fmt"

	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/row"
)

// errMiscounted refuses to replace counts by rows that say something else.
var errMiscounted = errors.New("its holders were counted to have other coupons than there are; " +
	`run "favord check" of the previous release`)

// moveCoupons is the part of migration 11 that needs digests, which SQLite has not. It runs
// in the migration's transaction.
func (s *session) moveCoupons(ctx context.Context) error {
	var stock string
	err := s.row(ctx, `
		select s.stock_id
		from stock s
		where coalesce((select sum(received) from stock_holder h where h.creator_mchid = s.creator_mchid and h.stock_id = s.stock_id), 0)
		   <> coalesce((select n from (select creator_mchid, stock_id, count(*) n from coupon_before group by 1, 2) c
		                where c.creator_mchid = s.creator_mchid and c.stock_id = s.stock_id), 0)
		limit 1`, nil, []any{&stock})
	if err == nil {
		return fmt.Errorf("stock %s: %w", stock, errMiscounted)
	}
	if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	for last := int64(-1); ; {
		moved, err := s.moveSome(ctx, &last)
		if err != nil {
			return err
		}
		if !moved {
			break
		}
	}
	if err := s.countSpent(ctx); err != nil {
		return err
	}
	for _, statement := range []string{
		`delete from request where operation = 2`,
		`drop table coupon_before`,
		`drop table stock_holder`,
		`update stock
		 set last_id = coalesce((select last from (select creator_mchid, stock_id, max(id) last from coupon group by 1, 2) c
		                         where c.creator_mchid = stock.creator_mchid and c.stock_id = stock.stock_id), 0)`,
	} {
		if _, err := s.conn.ExecContext(ctx, statement); err != nil {
			return translate(err)
		}
	}
	return nil
}

// moveSome moves the coupons behind the last one, and reports whether there were any.
func (s *session) moveSome(ctx context.Context, last *int64) (moved bool, err error) {
	const some = 1000
	type place struct {
		id      int64
		locator store.Locator
		number  int64
	}
	var places []place
	if err := s.rows(ctx, `
		select id, creator_mchid, stock_id, holder, send_request_no
		from coupon_before
		where id > ?
		order by id
		limit ?`,
		[]any{*last, some}, func(scan row.Scan) error {
			var p place
			var key store.HolderKey
			var holder row.Bytes16
			var number string
			err := scan(&p.id, &key.Stock.Creator, &key.Stock.ID, &holder, &number)
			key.Holder = user.ID(holder)
			p.locator, p.number = store.LocatorOf(key), store.NumberKey(key.Holder, number)
			places = append(places, p)
			return err
		}); err != nil {
		return false, err
	}
	for i := range places {
		p := &places[i]
		if err := s.exec(ctx, moveCoupon, p.id, p.locator[:], p.number); err != nil {
			return false, err
		}
		*last = p.id
	}
	return len(places) > 0, nil
}

// moveCoupon joins a coupon with the requests that issued and redeemed it.
const moveCoupon = `
		insert into coupon (
			id, creator_mchid, stock_id, code, account, locator, number_key, send_request_no, send_content,
			belong_mchid, sender_mchid, appid, openid, state, channel, start_at, expire_at, received_at,
			use_request_no, use_content, used_at, use_appid, use_openid, out_trade_no, order_mchid, transaction_id,
			return_request_no, returned_at, deactivate_request_no, deactivated_at, deactivate_reason,
			associated_out_trade_no, subsidized)
		select
			c.id, c.creator_mchid, c.stock_id, c.code, c.holder, ?2, ?3, c.send_request_no, (
				select substr(r.content, 1, 16)
				from request r
				where r.creator_mchid = c.creator_mchid and r.stock_id = c.stock_id and r.operation = 2
				  and r.subject = c.holder and r.number = c.send_request_no),
			c.belong_mchid, c.sender_mchid, c.appid, c.openid, c.state, c.channel, c.start_at, c.expire_at, c.received_at,
			nullif(c.use_request_no, ''), (
				select substr(r.content, 1, 16)
				from request r
				where r.creator_mchid = c.creator_mchid and r.stock_id = c.stock_id and r.operation = 3
				  and r.subject = cast(c.code as blob) and r.number = c.use_request_no),
			nullif(c.used_at, 0), nullif(c.use_appid, ''), nullif(c.use_openid, ''),
			nullif(c.out_trade_no, ''), nullif(c.order_mchid, ''), nullif(c.transaction_id, ''),
			c.return_request_no, c.returned_at, c.deactivate_request_no, c.deactivated_at, c.deactivate_reason,
			c.associated_out_trade_no, c.subsidized
		from coupon_before c
		where c.id = ?1`

// countSpent has each coupon count the requests that changed it, but for the redemption that
// counts: that one stands in the coupon now.
func (s *session) countSpent(ctx context.Context) error {
	if _, err := s.conn.ExecContext(ctx, `
		delete from request
		where operation = 3 and exists (
			select 1
			from coupon c
			where c.code = cast(request.subject as text) and c.stock_id = request.stock_id
			  and c.creator_mchid = request.creator_mchid and c.use_request_no = request.number)`); err != nil {
		return translate(err)
	}
	var spent []coupon.Key
	if err := s.rows(ctx, `
		select creator_mchid, stock_id, operation, subject
		from request
		where operation in (3, 10, 11, 12, 13) and stock_id <> ''`,
		nil, func(scan row.Scan) error {
			var key store.RequestKey
			var subject []byte
			err := scan(&key.Owner, &key.Stock, &key.Operation, &subject)
			key.Subject = string(subject)
			changed, _ := key.Coupon()
			spent = append(spent, changed)
			return err
		}); err != nil {
		return err
	}
	for _, key := range spent {
		if err := s.exec(ctx, `
			update coupon
			set spent = coalesce(spent, 0) + 1
			where code = ? and stock_id = ? and creator_mchid = ?`, key.Code, key.Stock.ID, key.Stock.Creator); err != nil {
			return err
		}
	}
	return nil
}

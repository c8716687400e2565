-- One row for each issued coupon: it is its request number, its holder's count and what the
-- trail is made of, too (ADR 18). This migration rewrites the table of coupons; nodes of
-- earlier releases must have stopped.

-- What holders were counted to have must be what there is: the rows replace the counts.
do $$
declare
    broken text;
begin
    select s.stock_id into broken
    from stock s
    left join (select creator_mchid, stock_id, sum(received) n from stock_holder group by 1, 2) h using (creator_mchid, stock_id)
    left join (select creator_mchid, stock_id, count(*) n from coupon group by 1, 2) c using (creator_mchid, stock_id)
    where coalesce(h.n, 0) <> coalesce(c.n, 0)
    limit 1;
    if broken is not null then
        raise exception 'stock %: its holders were counted to have other coupons than there are; run "favord check" of the previous release', broken;
    end if;
end $$;

alter table coupon rename to coupon_before;
alter table coupon_before drop constraint coupon_by_code;
drop index coupon_by_holder;

-- id grows with time and is unique within the stock, under whose lock it is given. Locator
-- and number_key are those of package store. content is half the digest of what a request
-- asked for. What happened since the issue is null until it does: null takes no room. spent
-- counts the rows of request that changed the coupon.
create table coupon (
    id                       bigint not null,
    number_key               bigint not null,
    start_at                 bigint not null,
    expire_at                bigint not null,
    received_at              bigint not null,
    used_at                  bigint,
    returned_at              bigint,
    deactivated_at           bigint,
    subsidized               bigint,
    spent                    integer,
    creator_mchid            text collate "C" not null,
    stock_id                 text collate "C" not null,
    code                     text collate "C" not null,
    account                  bytea not null,
    locator                  bytea not null,
    send_content             bytea not null,
    belong_mchid             text collate "C" not null,
    sender_mchid             text collate "C" not null,
    appid                    text collate "C" not null,
    openid                   text collate "C" not null,
    state                    text collate "C" not null,
    channel                  text collate "C" not null,
    send_request_no          text collate "C" not null,
    use_request_no           text collate "C",
    use_content              bytea,
    use_appid                text collate "C",
    use_openid               text collate "C",
    out_trade_no             text collate "C",
    order_mchid              text collate "C",
    transaction_id           text collate "C",
    return_request_no        text collate "C",
    deactivate_request_no    text collate "C",
    deactivate_reason        text collate "C",
    associated_out_trade_no  text collate "C"
) with (fillfactor = 85);

insert into coupon (
    id, creator_mchid, stock_id, code, account, locator, number_key, send_request_no, send_content,
    belong_mchid, sender_mchid, appid, openid, state, channel, start_at, expire_at, received_at,
    use_request_no, use_content, used_at, use_appid, use_openid, out_trade_no, order_mchid, transaction_id,
    return_request_no, returned_at, deactivate_request_no, deactivated_at, deactivate_reason,
    associated_out_trade_no, subsidized)
select
    c.id, c.creator_mchid, c.stock_id, c.code, c.holder,
    substring(sha256(convert_to(c.creator_mchid || '/' || c.stock_id, 'UTF8')) for 8) || substring(sha256(c.holder) for 8),
    ('x' || encode(substring(sha256(c.holder || convert_to(c.send_request_no, 'UTF8')) for 8), 'hex'))::bit(64)::bigint,
    c.send_request_no, substring(sent.content for 16),
    c.belong_mchid, c.sender_mchid, c.appid, c.openid, c.state, c.channel, c.start_at, c.expire_at, c.received_at,
    nullif(c.use_request_no, ''), substring(used.content for 16), nullif(c.used_at, 0), nullif(c.use_appid, ''), nullif(c.use_openid, ''),
    nullif(c.out_trade_no, ''), nullif(c.order_mchid, ''), nullif(c.transaction_id, ''),
    c.return_request_no, c.returned_at, c.deactivate_request_no, c.deactivated_at, c.deactivate_reason,
    c.associated_out_trade_no, c.subsidized
from coupon_before c
left join request sent
  on sent.creator_mchid = c.creator_mchid and sent.stock_id = c.stock_id and sent.operation = 2
 and sent.subject = c.holder and sent.number = c.send_request_no
left join request used
  on used.creator_mchid = c.creator_mchid and used.stock_id = c.stock_id and used.operation = 3
 and used.subject = convert_to(c.code, 'UTF8') and used.number = c.use_request_no;

drop table coupon_before;
drop table stock_holder;

-- Every unique key has the creator, by which a database may be distributed, in a collation
-- that no statement asks for: what a statement looks for by code or locator is found by the
-- index that begins with it, and never by going through all of the creator's, whatever a
-- planner thinks of a table that it knows nothing about.
create unique index coupon_by_code on coupon (code, stock_id, creator_mchid collate "POSIX");
create unique index coupon_by_locator on coupon (locator, number_key, creator_mchid collate "POSIX");
create index coupon_by_holder on coupon (account, id);

-- The numbers of issues and of redemptions that count stand in the coupons now.
delete from request where operation = 2;
delete from request r
using coupon c
where r.operation = 3 and c.code = convert_from(r.subject, 'UTF8') and c.stock_id = r.stock_id
  and c.creator_mchid = r.creator_mchid and c.use_request_no = r.number;

update coupon c
set spent = r.n
from (
    select creator_mchid, stock_id, convert_from(case position('\000'::bytea in subject)
        when 0 then subject else substring(subject for position('\000'::bytea in subject) - 1) end, 'UTF8') code, count(*) n
    from request
    where operation in (3, 10, 11, 12, 13) and stock_id <> ''
    group by 1, 2, 3) r
where c.code = r.code and c.stock_id = r.stock_id and c.creator_mchid = r.creator_mchid;

-- day is the one that day_issued counts; stock_day has the others. last_id is the highest id
-- of a coupon. A counter below zero is what a change writes that found other values than it
-- expected.
alter table stock
    add column day bigint not null default 0,
    add column day_issued bigint not null default 0,
    add column last_id bigint not null default 0,
    add constraint stock_not_stale check (issued >= 0);

update stock s
set last_id = c.last
from (select creator_mchid, stock_id, max(id) last from coupon group by 1, 2) c
where s.creator_mchid = c.creator_mchid and s.stock_id = c.stock_id;

-- An entry about coupons that were issued at once: how many, their first and last id, and a
-- digest of what never changes about them.
alter table audit
    add column coupons bigint,
    add column first_id bigint,
    add column last_id bigint,
    add column digest bytea;

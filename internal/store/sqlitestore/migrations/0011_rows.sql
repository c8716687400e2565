-- One row for each issued coupon: it is its request number, its holder's count and what the
-- trail is made of, too (ADR 18). What there was is moved by moveCoupons.
alter table coupon rename to coupon_before;
drop index coupon_by_code;
drop index coupon_by_holder;

-- id grows with time and is unique within the stock, under whose lock it is given. Locator
-- and number_key are those of package store. content is half the digest of what a request
-- asked for. What happened since the issue is null until it does: null takes no room. spent
-- counts the rows of request that changed the coupon.
create table coupon (
    id                       integer not null,
    creator_mchid            text not null,
    stock_id                 text not null,
    code                     text not null,
    account                  blob not null,
    locator                  blob not null,
    number_key               integer not null,
    send_request_no          text not null,
    send_content             blob not null,
    belong_mchid             text not null,
    sender_mchid             text not null,
    appid                    text not null,
    openid                   text not null,
    state                    text not null,
    channel                  text not null,
    start_at                 integer not null,
    expire_at                integer not null,
    received_at              integer not null,
    use_request_no           text,
    use_content              blob,
    used_at                  integer,
    use_appid                text,
    use_openid               text,
    out_trade_no             text,
    order_mchid              text,
    transaction_id           text,
    return_request_no        text,
    returned_at              integer,
    deactivate_request_no    text,
    deactivated_at           integer,
    deactivate_reason        text,
    associated_out_trade_no  text,
    subsidized               integer,
    spent                    integer
) strict;

create unique index coupon_by_code on coupon (code, stock_id, creator_mchid);
create unique index coupon_by_locator on coupon (locator, number_key, creator_mchid);
create index coupon_by_holder on coupon (account, id);

-- day is the one that day_issued counts; stock_day has the others. last_id is the highest id
-- of a coupon.
alter table stock add column day integer not null default 0;
alter table stock add column day_issued integer not null default 0;
alter table stock add column last_id integer not null default 0;

-- An entry about coupons that were issued at once: how many, their first and last id, and a
-- digest of what never changes about them.
alter table audit add column coupons integer;
alter table audit add column first_id integer;
alter table audit add column last_id integer;
alter table audit add column digest blob;

-- Payments that consumed vouchers. content is the document of store.EncodePayment.
create table payment (
    mchid              text not null,
    transaction_id     text not null,
    at                 integer not null,
    total              integer not null,
    discount           integer not null,
    content            text not null,
    refunded           integer not null default 0,
    refunded_discount  integer not null default 0,
    refunds            integer not null default 0,
    primary key (mchid, transaction_id)
) without rowid, strict;

-- Refunds name payments by their transaction alone.
create unique index payment_by_transaction on payment (transaction_id);

-- The lines of bills: uses and refunds of vouchers, in the order of time. goods and facts
-- are JSON.
create table voucher_flow (
    id              integer primary key,
    creator_mchid   text not null,
    stock_id        text not null,
    kind            text not null,
    at              integer not null,
    voucher_id      text not null,
    transaction_id  text not null,
    refund_id       text not null,
    mchid           text not null,
    discount        integer not null,
    total           integer not null,
    goods           text not null,
    facts           text not null
) strict;

create index voucher_flow_by_time on voucher_flow (creator_mchid, stock_id, kind, at, id);

-- What is locked for stocks of pre-funded vouchers until it is released.
create table voucher_budget (
    creator_mchid  text not null,
    stock_id       text not null,
    ends_at        integer not null,
    amount         integer not null,
    primary key (creator_mchid, stock_id)
) without rowid, strict;

create index voucher_budget_by_end on voucher_budget (ends_at);

-- Payments that consumed vouchers. content is the document of store.EncodePayment.
create table payment (
    mchid              text collate "C" not null,
    transaction_id     text collate "C" not null,
    at                 bigint not null,
    total              bigint not null,
    discount           bigint not null,
    content            text collate "C" not null,
    refunded           bigint not null default 0,
    refunded_discount  bigint not null default 0,
    refunds            bigint not null default 0,
    primary key (mchid, transaction_id)
);

-- Refunds name payments by their transaction alone.
create unique index payment_by_transaction on payment (transaction_id);

-- The lines of bills: uses and refunds of vouchers, in the order of time. goods and facts
-- are JSON.
create table voucher_flow (
    id              bigint generated always as identity primary key,
    creator_mchid   text collate "C" not null,
    stock_id        text collate "C" not null,
    kind            text collate "C" not null,
    at              bigint not null,
    voucher_id      text collate "C" not null,
    transaction_id  text collate "C" not null,
    refund_id       text collate "C" not null,
    mchid           text collate "C" not null,
    discount        bigint not null,
    total           bigint not null,
    goods           text collate "C" not null,
    facts           text collate "C" not null
);

create index voucher_flow_by_time on voucher_flow (creator_mchid, stock_id, kind, at, id);

-- What is locked for stocks of pre-funded vouchers until it is released.
create table voucher_budget (
    creator_mchid  text collate "C" not null,
    stock_id       text collate "C" not null,
    ends_at        bigint not null,
    amount         bigint not null,
    primary key (creator_mchid, stock_id)
);

create index voucher_budget_by_end on voucher_budget (ends_at);

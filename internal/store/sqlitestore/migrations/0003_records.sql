-- What happened to a coupon besides its issue and its redemption. Most coupons have none
-- of it, and null takes no room. subsidized is what was paid for it and not returned.
alter table coupon add column return_request_no text;
alter table coupon add column returned_at integer;
alter table coupon add column deactivate_request_no text;
alter table coupon add column deactivated_at integer;
alter table coupon add column deactivate_reason text;
alter table coupon add column associated_out_trade_no text;
alter table coupon add column subsidized integer;

-- Paid orders, by the merchant that collected. Amounts are 0 and numbers empty while they
-- are not known. subsidized is what was paid for the order and not returned, subsidies how
-- many payments succeeded.
create table paid_order (
    mchid           text not null,
    transaction_id  text not null,
    out_trade_no    text not null,
    amount          integer not null,
    refunded        integer not null,
    profit_sharing  integer not null,
    subsidized      integer not null default 0,
    subsidies       integer not null default 0,
    primary key (mchid, transaction_id)
) without rowid, strict;

-- The wire names orders without their merchant.
create unique index paid_order_by_transaction on paid_order (transaction_id);
create index paid_order_by_number on paid_order (mchid, out_trade_no);

-- Payments and returns of subsidies, beside the coupon.
create table subsidy (
    creator_mchid   text not null,
    stock_id        text not null,
    code            text not null,
    receipt_id      text not null,
    out_no          text not null,
    transaction_id  text not null,
    payer_mchid     text not null,
    payee_mchid     text not null,
    amount          integer not null,
    description     text not null,
    status          text not null,
    fail_reason     text not null,
    returned        integer not null,
    created_at      integer not null,
    done_at         integer not null,
    primary key (creator_mchid, stock_id, code, receipt_id)
) without rowid, strict;

create unique index subsidy_by_receipt on subsidy (receipt_id);

create table subsidy_return (
    creator_mchid      text not null,
    stock_id           text not null,
    code               text not null,
    return_receipt_id  text not null,
    receipt_id         text not null,
    out_no             text not null,
    transaction_id     text not null,
    refund_id          text not null,
    payer_mchid        text not null,
    payee_mchid        text not null,
    amount             integer not null,
    description        text not null,
    status             text not null,
    fail_reason        text not null,
    created_at         integer not null,
    done_at            integer not null,
    primary key (creator_mchid, stock_id, code, return_receipt_id)
) without rowid, strict;

create unique index subsidy_return_by_receipt on subsidy_return (return_receipt_id);

-- What merchants' accounts hold, and the postings that made it so: two for each transfer,
-- with one reference and amounts that add up to nothing. The platform is the merchant ''.
create table balance (
    mchid    text not null,
    account  text not null,
    amount   integer not null,
    primary key (mchid, account)
) without rowid, strict;

create table posting (
    mchid      text not null,
    id         integer not null,
    account    text not null,
    amount     integer not null,
    reference  text not null,
    at         integer not null,
    primary key (mchid, id)
) without rowid, strict;

-- Merchants of one brand may pay subsidies to each other.
create table brand_member (
    mchid  text not null references merchant,
    brand  text not null,
    primary key (mchid, brand)
) without rowid, strict;

-- Consumption cards, and the one code that a user has for each.
create table card (
    mchid    text not null,
    card_id  text not null,
    appid    text not null,
    primary key (mchid, card_id)
) without rowid, strict;

create unique index card_by_id on card (card_id);

create table card_holder (
    mchid        text not null,
    card_id      text not null,
    holder       blob not null,
    code         text not null,
    received_at  integer not null,
    primary key (mchid, card_id, holder)
) without rowid, strict;

create unique index card_code on card_holder (card_id, code);

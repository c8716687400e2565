-- What happened to a coupon besides its issue and its redemption. Most coupons have none
-- of it, and null takes no room. subsidized is what was paid for it and not returned.
alter table coupon add column return_request_no text collate "C";
alter table coupon add column returned_at bigint;
alter table coupon add column deactivate_request_no text collate "C";
alter table coupon add column deactivated_at bigint;
alter table coupon add column deactivate_reason text collate "C";
alter table coupon add column associated_out_trade_no text collate "C";
alter table coupon add column subsidized bigint;

-- Paid orders, by the merchant that collected. Amounts are 0 and numbers empty while they
-- are not known. subsidized is what was paid for the order and not returned, subsidies how
-- many payments succeeded.
create table paid_order (
    mchid           text collate "C" not null,
    transaction_id  text collate "C" not null,
    out_trade_no    text collate "C" not null,
    amount          bigint not null,
    refunded        bigint not null,
    profit_sharing  boolean not null,
    subsidized      bigint not null default 0,
    subsidies       bigint not null default 0,
    primary key (mchid, transaction_id)
);

-- The wire names orders without their merchant.
create unique index paid_order_by_transaction on paid_order (transaction_id);
create index paid_order_by_number on paid_order (mchid, out_trade_no);

-- Payments and returns of subsidies, beside the coupon.
create table subsidy (
    creator_mchid   text collate "C" not null,
    stock_id        text collate "C" not null,
    code            text collate "C" not null,
    receipt_id      text collate "C" not null,
    out_no          text collate "C" not null,
    transaction_id  text collate "C" not null,
    payer_mchid     text collate "C" not null,
    payee_mchid     text collate "C" not null,
    amount          bigint not null,
    description     text collate "C" not null,
    status          text collate "C" not null,
    fail_reason     text collate "C" not null,
    returned        bigint not null,
    created_at      bigint not null,
    done_at         bigint not null,
    primary key (creator_mchid, stock_id, code, receipt_id)
);

create unique index subsidy_by_receipt on subsidy (receipt_id);

create table subsidy_return (
    creator_mchid      text collate "C" not null,
    stock_id           text collate "C" not null,
    code               text collate "C" not null,
    return_receipt_id  text collate "C" not null,
    receipt_id         text collate "C" not null,
    out_no             text collate "C" not null,
    transaction_id     text collate "C" not null,
    refund_id          text collate "C" not null,
    payer_mchid        text collate "C" not null,
    payee_mchid        text collate "C" not null,
    amount             bigint not null,
    description        text collate "C" not null,
    status             text collate "C" not null,
    fail_reason        text collate "C" not null,
    created_at         bigint not null,
    done_at            bigint not null,
    primary key (creator_mchid, stock_id, code, return_receipt_id)
);

create unique index subsidy_return_by_receipt on subsidy_return (return_receipt_id);

-- What merchants' accounts hold, and the postings that made it so: two for each transfer,
-- with one reference and amounts that add up to nothing. The platform is the merchant ''.
create table balance (
    mchid    text collate "C" not null,
    account  text collate "C" not null,
    amount   bigint not null,
    primary key (mchid, account)
);

create table posting (
    mchid      text collate "C" not null,
    id         bigint generated always as identity,
    account    text collate "C" not null,
    amount     bigint not null,
    reference  text collate "C" not null,
    at         bigint not null,
    constraint posting_by_owner primary key (mchid, id)
);

-- Merchants of one brand may pay subsidies to each other.
create table brand_member (
    mchid  text collate "C" not null references merchant,
    brand  text collate "C" not null,
    primary key (mchid, brand)
);

-- Consumption cards, and the one code that a user has for each.
create table card (
    mchid    text collate "C" not null,
    card_id  text collate "C" not null,
    appid    text collate "C" not null,
    primary key (mchid, card_id)
);

create unique index card_by_id on card (card_id);

create table card_holder (
    mchid        text collate "C" not null,
    card_id      text collate "C" not null,
    holder       bytea not null,
    code         text collate "C" not null,
    received_at  bigint not null,
    primary key (mchid, card_id, holder)
);

create unique index card_code on card_holder (card_id, code);

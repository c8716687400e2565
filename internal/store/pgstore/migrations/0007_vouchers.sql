-- content is the document of store.EncodeVoucherStock, which also has the end. Every batch
-- writes the counter, which no index holds: with space on the page the new version of the
-- row stays there.
create table voucher_stock (
    creator_mchid  text collate "C" not null,
    stock_id       text collate "C" not null,
    state          text collate "C" not null,
    content        text collate "C" not null,
    created_at     bigint not null,
    ends_at        bigint not null,
    started_at     bigint not null,
    paused_at      bigint not null,
    restarted_at   bigint not null,
    stopped_at     bigint not null,
    sent           bigint not null default 0,
    primary key (creator_mchid, stock_id)
) with (fillfactor = 40);

-- The wire names stocks without their creator.
create unique index voucher_stock_by_id on voucher_stock (stock_id);

-- A merchant's stocks come newest first.
create index voucher_stock_by_time on voucher_stock (creator_mchid, created_at, stock_id);

create table voucher_day (
    creator_mchid  text collate "C" not null,
    stock_id       text collate "C" not null,
    day            bigint not null,
    sent           bigint not null,
    primary key (creator_mchid, stock_id, day)
) with (fillfactor = 50);

create table voucher_holder (
    creator_mchid  text collate "C" not null,
    stock_id       text collate "C" not null,
    holder         bytea not null,
    received       bigint not null,
    primary key (creator_mchid, stock_id, holder)
) with (fillfactor = 85);

-- The face value that a holder received of a creator in a month, in fen.
create table voucher_month (
    creator_mchid  text collate "C" not null,
    month          bigint not null,
    holder         bytea not null,
    received       bigint not null,
    primary key (creator_mchid, month, holder)
) with (fillfactor = 85);

-- Merchants that may send a stock besides its creator.
create table voucher_sender (
    creator_mchid  text collate "C" not null,
    stock_id       text collate "C" not null,
    mchid          text collate "C" not null,
    primary key (creator_mchid, stock_id, mchid)
);

-- Stocks that were started, under each available merchant. A merchant may be named by so
-- many at once, whoever created them.
create table voucher_started (
    mchid          text collate "C" not null,
    ends_at        bigint not null,
    stock_id       text collate "C" not null,
    creator_mchid  text collate "C" not null,
    primary key (mchid, ends_at, stock_id)
);

-- id grows with time, so that lists come newest first. The wire names vouchers by
-- voucher_id alone. No index holds what a consumption changes: the columns from used_at on,
-- which are the payment that consumed the voucher; goods is a JSON array.
create table voucher (
    id              bigint generated always as identity,
    creator_mchid   text collate "C" not null,
    stock_id        text collate "C" not null,
    voucher_id      text collate "C" not null,
    sender_mchid    text collate "C" not null,
    holder          bytea not null,
    appid           text collate "C" not null,
    openid          text collate "C" not null,
    request_no      text collate "C" not null,
    received_at     bigint not null,
    begin_at        bigint not null,
    end_at          bigint not null,
    state           text collate "C" not null,
    used_at         bigint not null default 0,
    use_mchid       text collate "C" not null default '',
    transaction_id  text collate "C" not null default '',
    discount        bigint not null default 0,
    goods           text collate "C" not null default '',
    constraint voucher_by_id primary key (voucher_id)
) with (fillfactor = 80);

create index voucher_by_holder on voucher (holder, id);

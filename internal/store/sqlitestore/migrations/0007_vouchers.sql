-- content is the document of store.EncodeVoucherStock, which also has the end.
create table voucher_stock (
    creator_mchid  text not null,
    stock_id       text not null,
    state          text not null,
    content        text not null,
    created_at     integer not null,
    ends_at        integer not null,
    started_at     integer not null,
    paused_at      integer not null,
    restarted_at   integer not null,
    stopped_at     integer not null,
    sent           integer not null default 0,
    primary key (creator_mchid, stock_id)
) without rowid, strict;

-- The wire names stocks without their creator.
create unique index voucher_stock_by_id on voucher_stock (stock_id);

-- A merchant's stocks come newest first.
create index voucher_stock_by_time on voucher_stock (creator_mchid, created_at, stock_id);

create table voucher_day (
    creator_mchid  text not null,
    stock_id       text not null,
    day            integer not null,
    sent           integer not null,
    primary key (creator_mchid, stock_id, day)
) without rowid, strict;

create table voucher_holder (
    creator_mchid  text not null,
    stock_id       text not null,
    holder         blob not null,
    received       integer not null,
    primary key (creator_mchid, stock_id, holder)
) without rowid, strict;

-- The face value that a holder received of a creator in a month, in fen.
create table voucher_month (
    creator_mchid  text not null,
    month          integer not null,
    holder         blob not null,
    received       integer not null,
    primary key (creator_mchid, month, holder)
) without rowid, strict;

-- Merchants that may send a stock besides its creator.
create table voucher_sender (
    creator_mchid  text not null,
    stock_id       text not null,
    mchid          text not null,
    primary key (creator_mchid, stock_id, mchid)
) without rowid, strict;

-- Stocks that were started, under each available merchant. A merchant may be named by so
-- many at once, whoever created them.
create table voucher_started (
    mchid          text not null,
    ends_at        integer not null,
    stock_id       text not null,
    creator_mchid  text not null,
    primary key (mchid, ends_at, stock_id)
) without rowid, strict;

-- id grows with time, so that inserts stay local and lists come newest first. The columns
-- from used_at on are the payment that consumed the voucher; goods is a JSON array.
create table voucher (
    id              integer primary key,
    creator_mchid   text not null,
    stock_id        text not null,
    voucher_id      text not null,
    sender_mchid    text not null,
    holder          blob not null,
    appid           text not null,
    openid          text not null,
    request_no      text not null,
    received_at     integer not null,
    begin_at        integer not null,
    end_at          integer not null,
    state           text not null,
    used_at         integer not null default 0,
    use_mchid       text not null default '',
    transaction_id  text not null default '',
    discount        integer not null default 0,
    goods           text not null default ''
) strict;

-- The wire names vouchers by their id alone.
create unique index voucher_by_id on voucher (voucher_id);
create index voucher_by_holder on voucher (holder, id);

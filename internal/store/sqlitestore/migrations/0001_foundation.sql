-- Times are seconds since 1970 (UTC), money is fen, ids are text as on the wire.
-- Every table of a merchant's data begins its key with that merchant: the one that
-- created the stock.

-- mode: sandbox or production, fixed when the database is made.
create table meta (
    name   text primary key,
    value  text not null
) without rowid, strict;

create table merchant (
    mchid       text primary key,
    name        text not null,
    kind        text not null,
    key_mode    text not null,
    created_at  integer not null
) without rowid, strict;

create table merchant_appid (
    mchid  text not null references merchant,
    appid  text not null,
    primary key (mchid, appid)
) without rowid, strict;

create index merchant_appid_owners on merchant_appid (appid, mchid);

create table merchant_permission (
    mchid       text not null references merchant,
    permission  text not null,
    primary key (mchid, permission)
) without rowid, strict;

create table sub_merchant (
    provider_mchid  text not null references merchant,
    mchid           text not null references merchant,
    primary key (provider_mchid, mchid)
) without rowid, strict;

-- API certificates of merchants; serials are canonical.
create table merchant_certificate (
    mchid       text not null references merchant,
    serial      text not null,
    pem         text not null,
    not_before  integer not null,
    not_after   integer not null,
    status      text not null,
    primary key (mchid, serial)
) without rowid, strict;

-- The platform's keys, one set for each merchant; private halves are secrets.
create table platform_key (
    mchid         text not null references merchant,
    serial        text not null,
    is_public     integer not null,
    pem           text not null,
    effective_at  integer not null,
    expire_at     integer not null,
    signs_from    integer not null,
    primary key (mchid, serial)
) without rowid, strict;

-- Sealed values. The key that opens them is not in the database.
create table secret (
    mchid    text not null,
    purpose  text not null,
    name     text not null,
    version  integer not null,
    box      blob not null,
    pem      text not null,
    primary key (mchid, purpose, name, version)
) without rowid, strict;

create table user (
    openid      text primary key,
    appid       text not null,
    account     blob not null,
    person      blob not null,
    unionid     text not null,
    suspicious  integer not null
) without rowid, strict;

create index user_account on user (account, appid);

-- content is the document of store.EncodeStock.
create table stock (
    creator_mchid  text not null,
    stock_id       text not null,
    state          text not null,
    content        text not null,
    created_at     integer not null,
    issued         integer not null default 0,
    codes          integer not null default 0,
    free_codes     integer not null default 0,
    primary key (creator_mchid, stock_id)
) without rowid, strict;

-- The wire names stocks without their creator.
create unique index stock_by_id on stock (stock_id);

create table stock_day (
    creator_mchid  text not null,
    stock_id       text not null,
    day            integer not null,
    issued         integer not null,
    primary key (creator_mchid, stock_id, day)
) without rowid, strict;

create table stock_holder (
    creator_mchid  text not null,
    stock_id       text not null,
    holder         blob not null,
    received       integer not null,
    primary key (creator_mchid, stock_id, holder)
) without rowid, strict;

-- id grows with time, so that inserts stay local and lists come newest first.
create table coupon (
    id               integer primary key,
    creator_mchid    text not null,
    stock_id         text not null,
    code             text not null,
    belong_mchid     text not null,
    sender_mchid     text not null,
    holder           blob not null,
    appid            text not null,
    openid           text not null,
    state            text not null,
    start_at         integer not null,
    expire_at        integer not null,
    received_at      integer not null,
    channel          text not null,
    send_request_no  text not null,
    use_request_no   text not null default '',
    used_at          integer not null default 0,
    use_appid        text not null default '',
    use_openid       text not null default '',
    out_trade_no     text not null default '',
    order_mchid      text not null default '',
    transaction_id   text not null default ''
) strict;

-- Each index costs every issue a page somewhere, so there are two: codes are unique
-- within a stock and found without it, and a user's coupons come newest first.
create unique index coupon_by_code on coupon (code, stock_id);
create index coupon_by_holder on coupon (holder, id);

-- Codes that the merchant uploaded, free or given out.
create table stock_code (
    creator_mchid  text not null,
    stock_id       text not null,
    code           text not null,
    primary key (creator_mchid, stock_id, code)
) without rowid, strict;

-- Those that are free, in a random order.
create table free_code (
    creator_mchid  text not null,
    stock_id       text not null,
    slot           integer not null,
    code           text not null,
    primary key (creator_mchid, stock_id, slot)
) without rowid, strict;

-- Requests that were carried out, beside the stock that they changed.
create table request (
    creator_mchid  text not null,
    stock_id       text not null,
    operation      integer not null,
    subject        blob not null,
    number         text not null,
    content        blob not null,
    answer         blob not null,
    at             integer not null,
    primary key (creator_mchid, stock_id, operation, subject, number)
) without rowid, strict;

-- Events and audit entries are numbered for each merchant.
create table outbox (
    creator_mchid  text not null,
    id             integer not null,
    event_id       text not null,
    kind           text not null,
    at             integer not null,
    payload        blob not null,
    primary key (creator_mchid, id)
) without rowid, strict;

create table audit (
    creator_mchid  text not null,
    id             integer not null,
    at             integer not null,
    actor          text not null,
    action         text not null,
    object         text not null,
    primary key (creator_mchid, id)
) without rowid, strict;

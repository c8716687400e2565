-- Times are seconds since 1970 (UTC), money is fen, ids are text as on the wire.
-- Every table of a merchant's data begins its key with that merchant: the one that
-- created the stock. Text compares byte by byte, so that an index outlives an update of
-- the machine's C library and both engines sort alike.

-- mode: sandbox or production, fixed when the database is made. schema: the number of
-- the last migration.
create table meta (
    name   text collate "C" primary key,
    value  text collate "C" not null
);

create table merchant (
    mchid       text collate "C" primary key,
    name        text collate "C" not null,
    kind        text collate "C" not null,
    key_mode    text collate "C" not null,
    created_at  bigint not null
);

create table merchant_appid (
    mchid  text collate "C" not null references merchant,
    appid  text collate "C" not null,
    primary key (mchid, appid)
);

create index merchant_appid_owners on merchant_appid (appid, mchid);

create table merchant_permission (
    mchid       text collate "C" not null references merchant,
    permission  text collate "C" not null,
    primary key (mchid, permission)
);

create table sub_merchant (
    provider_mchid  text collate "C" not null references merchant,
    mchid           text collate "C" not null references merchant,
    primary key (provider_mchid, mchid)
);

-- API certificates of merchants; serials are canonical.
create table merchant_certificate (
    mchid       text collate "C" not null references merchant,
    serial      text collate "C" not null,
    pem         text collate "C" not null,
    not_before  bigint not null,
    not_after   bigint not null,
    status      text collate "C" not null,
    primary key (mchid, serial)
);

-- The platform's keys, one set for each merchant; private halves are secrets.
create table platform_key (
    mchid         text collate "C" not null references merchant,
    serial        text collate "C" not null,
    is_public     boolean not null,
    pem           text collate "C" not null,
    effective_at  bigint not null,
    expire_at     bigint not null,
    signs_from    bigint not null,
    primary key (mchid, serial)
);

-- Sealed values. The key that opens them is not in the database.
create table secret (
    mchid    text collate "C" not null,
    purpose  text collate "C" not null,
    name     text collate "C" not null,
    version  integer not null,
    box      bytea not null,
    pem      text collate "C" not null,
    primary key (mchid, purpose, name, version)
);

create table "user" (
    openid      text collate "C" primary key,
    appid       text collate "C" not null,
    account     bytea not null,
    person      bytea not null,
    unionid     text collate "C" not null,
    suspicious  boolean not null
);

create index user_account on "user" (account, appid);

-- content is the document of store.EncodeStock. Every batch writes the counters, which no
-- index holds: with space on the page the new version of the row stays there.
create table stock (
    creator_mchid  text collate "C" not null,
    stock_id       text collate "C" not null,
    state          text collate "C" not null,
    content        text collate "C" not null,
    created_at     bigint not null,
    issued         bigint not null default 0,
    codes          bigint not null default 0,
    free_codes     bigint not null default 0,
    primary key (creator_mchid, stock_id)
) with (fillfactor = 40);

-- The wire names stocks without their creator.
create unique index stock_by_id on stock (stock_id);

create table stock_day (
    creator_mchid  text collate "C" not null,
    stock_id       text collate "C" not null,
    day            bigint not null,
    issued         bigint not null,
    primary key (creator_mchid, stock_id, day)
) with (fillfactor = 50);

create table stock_holder (
    creator_mchid  text collate "C" not null,
    stock_id       text collate "C" not null,
    holder         bytea not null,
    received       bigint not null,
    primary key (creator_mchid, stock_id, holder)
) with (fillfactor = 85);

-- id grows with time, so that lists come newest first. It has no index of its own: each
-- index costs every issue a page somewhere, so there are two. Codes are unique within a
-- stock and found without it, and a user's coupons come newest first. Neither holds what
-- a redemption changes.
create table coupon (
    id               bigint generated always as identity,
    creator_mchid    text collate "C" not null,
    stock_id         text collate "C" not null,
    code             text collate "C" not null,
    belong_mchid     text collate "C" not null,
    sender_mchid     text collate "C" not null,
    holder           bytea not null,
    appid            text collate "C" not null,
    openid           text collate "C" not null,
    state            text collate "C" not null,
    start_at         bigint not null,
    expire_at        bigint not null,
    received_at      bigint not null,
    channel          text collate "C" not null,
    send_request_no  text collate "C" not null,
    use_request_no   text collate "C" not null default '',
    used_at          bigint not null default 0,
    use_appid        text collate "C" not null default '',
    use_openid       text collate "C" not null default '',
    out_trade_no     text collate "C" not null default '',
    order_mchid      text collate "C" not null default '',
    transaction_id   text collate "C" not null default '',
    constraint coupon_by_code primary key (code, stock_id, creator_mchid)
) with (fillfactor = 80);

create index coupon_by_holder on coupon (holder, id);

-- Codes that the merchant uploaded, free or given out.
create table stock_code (
    creator_mchid  text collate "C" not null,
    stock_id       text collate "C" not null,
    code           text collate "C" not null,
    primary key (creator_mchid, stock_id, code)
);

-- Those that are free, in a random order.
create table free_code (
    creator_mchid  text collate "C" not null,
    stock_id       text collate "C" not null,
    slot           bigint not null,
    code           text collate "C" not null,
    primary key (creator_mchid, stock_id, slot)
);

-- Requests that were carried out, beside the stock that they changed.
create table request (
    creator_mchid  text collate "C" not null,
    stock_id       text collate "C" not null,
    operation      smallint not null,
    subject        bytea not null,
    number         text collate "C" not null,
    content        bytea not null,
    answer         bytea not null,
    at             bigint not null,
    primary key (creator_mchid, stock_id, operation, subject, number)
) with (fillfactor = 95);

-- What becomes of an event is kept elsewhere: no row here is ever changed.
create table outbox (
    creator_mchid  text collate "C" not null,
    id             bigint generated always as identity,
    event_id       text collate "C" not null,
    kind           text collate "C" not null,
    at             bigint not null,
    payload        bytea not null,
    constraint outbox_by_owner primary key (creator_mchid, id)
) with (fillfactor = 90);

create table audit (
    creator_mchid  text collate "C" not null,
    id             bigint generated always as identity,
    at             bigint not null,
    actor          text collate "C" not null,
    action         text collate "C" not null,
    object         text collate "C" not null,
    constraint audit_by_owner primary key (creator_mchid, id)
);

-- Uploaded codes get what lists and details of them need. They were read by nobody and
-- uploaded by no operation until now.
drop table free_code;
drop table stock_code;

-- Codes that the merchant uploaded, free or given out. position is their order of upload,
-- slot where the code lies among the free ones.
create table stock_code (
    creator_mchid  text collate "C" not null,
    stock_id       text collate "C" not null,
    code           text collate "C" not null,
    position       bigint not null,
    slot           bigint not null,
    uploaded_at    bigint not null,
    primary key (creator_mchid, stock_id, code)
);

-- The creator comes last, so that whoever looks for a code never takes this index for the
-- one above.
create unique index code_by_position on stock_code (stock_id, position, creator_mchid);

-- Those that are free, in a random order.
create table free_code (
    creator_mchid  text collate "C" not null,
    stock_id       text collate "C" not null,
    slot           bigint not null,
    code           text collate "C" not null,
    position       bigint not null,
    primary key (creator_mchid, stock_id, slot)
);

-- What is free and what was given out, for each run of store.CodesPerBlock positions. Rows
-- change often and keep their keys: the space left makes that cheap.
create table code_block (
    creator_mchid  text collate "C" not null,
    stock_id       text collate "C" not null,
    block          bigint not null,
    free           bit(1024) not null,
    given          bit(1024) not null,
    free_codes     bigint not null,
    given_codes    bigint not null,
    primary key (creator_mchid, stock_id, block)
) with (fillfactor = 50);

-- Lists of stocks begin with the newest. The creator comes last, so that whoever looks for
-- a stock never takes this index for one of its keys.
create index stock_by_age on stock (created_at, stock_id, creator_mchid);

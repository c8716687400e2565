-- Uploaded codes get what lists and details of them need. They were read by nobody and
-- uploaded by no operation until now.
drop table free_code;
drop table stock_code;

-- Codes that the merchant uploaded, free or given out. position is their order of upload,
-- slot where the code lies among the free ones.
create table stock_code (
    creator_mchid  text not null,
    stock_id       text not null,
    code           text not null,
    position       integer not null,
    slot           integer not null,
    uploaded_at    integer not null,
    primary key (creator_mchid, stock_id, code)
) without rowid, strict;

create unique index code_by_position on stock_code (creator_mchid, stock_id, position);

-- Those that are free, in a random order.
create table free_code (
    creator_mchid  text not null,
    stock_id       text not null,
    slot           integer not null,
    code           text not null,
    position       integer not null,
    primary key (creator_mchid, stock_id, slot)
) without rowid, strict;

-- What is free and what was given out, for each run of store.CodesPerBlock positions. free
-- and given are store.CodeBits.
create table code_block (
    creator_mchid  text not null,
    stock_id       text not null,
    block          integer not null,
    free           blob not null,
    given          blob not null,
    free_codes     integer not null,
    given_codes    integer not null,
    primary key (creator_mchid, stock_id, block)
) without rowid, strict;

-- Lists of stocks begin with the newest. The creator comes last, so that whoever looks for
-- a stock never takes this index for one of its keys.
create index stock_by_age on stock (created_at, stock_id, creator_mchid);

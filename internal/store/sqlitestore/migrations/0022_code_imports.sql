-- Files of codes on their way into the pools of stocks, one for a stock at most, and what they consist of: bytes as they
-- came, codes that wait, lines that are wrong.
create table code_import (
    creator_mchid text not null,
    stock_id      text not null,
    import_id     text not null,
    name          text not null,
    print         text not null,
    actor         text not null,
    phase         text not null,
    size          integer not null,
    received      integer not null,
    lines         integer not null,
    good          integer not null,
    wrong         integer not null,
    done          integer not null,
    stored        integer not null,
    existed       integer not null,
    problem_zh    text not null,
    problem_en    text not null,
    worker        text not null,
    until_ms      integer not null,
    created_at    integer not null,
    updated_at    integer not null,
    primary key (creator_mchid, stock_id)
) without rowid, strict;

create index code_import_due on code_import (until_ms, creator_mchid, stock_id) where phase in ('CHECKING', 'RUNNING');
create index code_import_age on code_import (updated_at, creator_mchid, stock_id);

create table code_import_part (
    creator_mchid text not null,
    stock_id      text not null,
    kind          text not null,
    number        integer not null,
    data          blob not null,
    primary key (creator_mchid, stock_id, kind, number)
) strict;

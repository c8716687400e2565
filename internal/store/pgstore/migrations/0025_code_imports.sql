-- Files of codes on their way into the pools of stocks, one for a stock at most, and what they consist of: bytes as they
-- came, codes that wait, lines that are wrong.
create table code_import (
    creator_mchid text collate "C" not null,
    stock_id      text collate "C" not null,
    import_id     text collate "C" not null,
    name          text not null,
    print         text collate "C" not null,
    actor         text not null,
    phase         text collate "C" not null,
    size          bigint not null,
    received      bigint not null,
    lines         bigint not null,
    good          bigint not null,
    wrong         bigint not null,
    done          bigint not null,
    stored        bigint not null,
    existed       bigint not null,
    problem_zh    text not null,
    problem_en    text not null,
    worker        text collate "C" not null,
    until_ms      bigint not null,
    created_at    bigint not null,
    updated_at    bigint not null,
    primary key (creator_mchid, stock_id)
);

create index code_import_due on code_import (until_ms, creator_mchid, stock_id) where phase in ('CHECKING', 'RUNNING');
create index code_import_age on code_import (updated_at, creator_mchid, stock_id);

create table code_import_part (
    creator_mchid text collate "C" not null,
    stock_id      text collate "C" not null,
    kind          text collate "C" not null,
    number        bigint not null,
    data          bytea not null,
    primary key (creator_mchid, stock_id, kind, number)
);

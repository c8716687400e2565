-- Stocks that are being prepared: the bodies of the calls that would create them.
create table draft (
    draft_id    text primary key,
    mchid       text not null,
    operation   text not null,
    title       text not null,
    body        text not null,
    version     integer not null,
    editor      text not null,
    created_at  integer not null,
    updated_at  integer not null
) without rowid, strict;

create index draft_by_owner on draft (mchid, updated_at, draft_id);
create index draft_age on draft (updated_at, draft_id);

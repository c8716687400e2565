-- Stocks that are being prepared: the bodies of the calls that would create them.
create table draft (
    draft_id    text collate "C" primary key,
    mchid       text collate "C" not null,
    operation   text collate "C" not null,
    title       text not null,
    body        text not null,
    version     bigint not null,
    editor      text not null,
    created_at  bigint not null,
    updated_at  bigint not null
);

create index draft_by_owner on draft (mchid, updated_at, draft_id);
create index draft_age on draft (updated_at, draft_id);

-- Whom the creator of a stock lets give it out. id grows with time, so that lists come
-- newest first.
create table partnership (
    creator_mchid  text collate "C" not null,
    id             bigint generated always as identity,
    resource       text collate "C" not null,
    stock_id       text collate "C" not null,
    partner_type   text collate "C" not null,
    partner_id     text collate "C" not null,
    state          text collate "C" not null,
    created_at     bigint not null,
    built_at       bigint not null,
    terminated_at  bigint not null,
    updated_at     bigint not null,
    constraint partnership_by_partner primary key (creator_mchid, resource, stock_id, partner_type, partner_id)
);

-- Marketing images, under the merchant that uploaded them.
create table image (
    mchid       text collate "C" not null,
    token       text collate "C" not null,
    format      text collate "C" not null,
    width       bigint not null,
    height      bigint not null,
    name        text collate "C" not null,
    created_at  bigint not null,
    content     bytea not null,
    primary key (mchid, token)
);

-- They are compressed already.
alter table image alter column content set storage external;

-- A URL names an image without its merchant.
create unique index image_by_token on image (token);

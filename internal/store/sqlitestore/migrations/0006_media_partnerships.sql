-- Whom the creator of a stock lets give it out. id grows with time, so that lists come
-- newest first.
create table partnership (
    id             integer primary key,
    creator_mchid  text not null,
    resource       text not null,
    stock_id       text not null,
    partner_type   text not null,
    partner_id     text not null,
    state          text not null,
    created_at     integer not null,
    built_at       integer not null,
    terminated_at  integer not null,
    updated_at     integer not null
) strict;

create unique index partnership_by_partner on partnership (creator_mchid, resource, stock_id, partner_type, partner_id);

-- Marketing images, under the merchant that uploaded them. The content comes last, so that
-- nothing else is read through it.
create table image (
    id          integer primary key,
    mchid       text not null,
    token       text not null,
    format      text not null,
    width       integer not null,
    height      integer not null,
    name        text not null,
    created_at  integer not null,
    content     blob not null
) strict;

-- A URL names an image without its merchant.
create unique index image_by_token on image (token);

-- Who did what is sealed: each entry gets a place and a hash that holds the one before, in a
-- chain for each merchant. It commits without them, so that nobody waits for the end of a chain.
-- was and became are what a change replaced, and by what.
-- closes: audit

-- An entry names a user by the account, never by the openid: what is sealed can never be erased.
update audit a
set object = 'account/' || encode(u.account, 'hex')
from "user" u
where a.object = 'user/' || u.openid;

alter table audit
    add column request_id  text collate "C",
    add column was         text,
    add column became      text,
    add column place       bigint,
    add column hash        bytea,
    drop constraint audit_by_owner;

-- An entry is in one of them at a time.
create index audit_unsealed on audit (creator_mchid, id) where place is null;
create unique index audit_by_place on audit (creator_mchid, place) where place is not null;

-- Where each chain ends. Whoever locks the row seals.
create table audit_head (
    creator_mchid  text collate "C" primary key,
    place          bigint not null,
    hash           bytea not null
) with (fillfactor = 50);

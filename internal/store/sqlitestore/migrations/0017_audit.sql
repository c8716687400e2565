-- Who did what is sealed: each entry gets a place and a hash that holds the one before, in a
-- chain for each merchant. It commits without them, so that nobody waits for the end of a chain.
-- was and became are what a change replaced, and by what.

-- An entry names a user by the account, never by the openid: what is sealed can never be erased.
update audit
set object = 'account/' || lower(hex(u.account))
from user u
where audit.object = 'user/' || u.openid;

alter table audit add column request_id text;
alter table audit add column was text;
alter table audit add column became text;
alter table audit add column place integer;
alter table audit add column hash blob;

-- An entry is in one of them at a time.
create index audit_unsealed on audit (creator_mchid, id) where place is null;
create unique index audit_by_place on audit (creator_mchid, place) where place is not null;

-- Where each chain ends.
create table audit_head (
    creator_mchid  text primary key,
    place          integer not null,
    hash           blob not null
) without rowid, strict;

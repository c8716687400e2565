-- People who use the management port. proofs is the document of document.EncodeProofs; nothing in
-- it lets anyone in.
create table operator (
    name        text primary key,
    display     text not null,
    roles       text not null,
    suspended   integer not null,
    created_at  integer not null,
    proofs      text not null
) without rowid, strict;

-- Sessions, tokens and invitations, by the SHA-256 of what is shown.
create table credential (
    digest      blob primary key,
    kind        text not null,
    name        text not null,
    roles       text not null,
    created_at  integer not null,
    expire_at   integer not null,
    seen_at     integer not null,
    proven_at   integer not null,
    made_by     text not null,
    address     text not null,
    agent       text not null,
    content     blob not null
) without rowid, strict;

create index credential_by_name on credential (kind, name, digest);
create index credential_expiry on credential (expire_at);

-- How often somebody tried in vain, by operator and by address.
create table sign_in_failure (
    subject  text primary key,
    count    integer not null,
    last_at  integer not null
) without rowid, strict;

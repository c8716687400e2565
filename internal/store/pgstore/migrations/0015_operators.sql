-- People who use the management port. proofs is the document of document.EncodeProofs; nothing in
-- it lets anyone in.
create table operator (
    name        text collate "C" primary key,
    display     text not null,
    roles       text collate "C" not null,
    suspended   boolean not null,
    created_at  bigint not null,
    proofs      text not null
);

-- Sessions, tokens and invitations, by the SHA-256 of what is shown.
create table credential (
    digest      bytea primary key,
    kind        text collate "C" not null,
    name        text collate "C" not null,
    roles       text collate "C" not null,
    created_at  bigint not null,
    expire_at   bigint not null,
    seen_at     bigint not null,
    proven_at   bigint not null,
    made_by     text collate "C" not null,
    address     text not null,
    agent       text not null,
    content     bytea not null
);

create index credential_by_name on credential (kind, name, digest);
create index credential_expiry on credential (expire_at);

-- How often somebody tried in vain, by operator and by address.
create table sign_in_failure (
    subject  text collate "C" primary key,
    count    integer not null,
    last_at  bigint not null
);

-- Callbacks and deliveries. Times that end in _ms are milliseconds since 1970.

-- Where events go, and how far they have come: those of the outbox up to position were
-- looked at, those up to since are not for the callback.
create table callback (
    creator_mchid  text not null,
    product        text not null,
    url            text not null,
    is_on          integer not null,
    updated_at     integer not null,
    since          integer not null,
    position       integer not null,
    passed         integer not null default 0,
    taken          integer not null default 0,
    removed        integer not null default 0,
    primary key (creator_mchid, product)
) without rowid, strict;

-- An event of the outbox, named by its place there, on its way.
create table delivery (
    creator_mchid  text not null,
    place          integer not null,
    product        text not null,
    event_id       text not null,
    kind           text not null,
    state          text not null,
    taken_ms       integer not null,
    started_ms     integer not null,
    due_ms         integer not null,
    ended_ms       integer not null default 0,
    claim          integer not null,
    step           integer not null default 0,
    status         integer not null default 0,
    problem        text not null default '',
    sealed         blob not null default x'',
    key_version    integer not null default 0,
    primary key (creator_mchid, place)
) without rowid, strict;

-- What is yet to be delivered stays small, whatever the table holds.
create index delivery_due on delivery (creator_mchid, product, due_ms) where state = 'PENDING';
create index delivery_dead on delivery (creator_mchid, place) where state = 'DEAD';
create index delivery_by_event on delivery (event_id, creator_mchid);

create table attempt (
    creator_mchid  text not null,
    place          integer not null,
    number         integer not null,
    url            text not null,
    serial         text not null,
    at_ms          integer not null,
    took_ms        integer not null,
    status         integer not null,
    problem        text not null,
    answer         text not null,
    primary key (creator_mchid, place, number)
) without rowid, strict;

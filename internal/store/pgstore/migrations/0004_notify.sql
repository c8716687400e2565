-- Callbacks and deliveries. Times that end in _ms are milliseconds since 1970.

-- Where events go, and how far they have come: those of the outbox up to position were
-- looked at, those up to since are not for the callback. Every batch writes position and
-- counters: with space on the page the new version of the row stays there.
create table callback (
    creator_mchid  text collate "C" not null,
    product        text collate "C" not null,
    url            text collate "C" not null,
    is_on          boolean not null,
    updated_at     bigint not null,
    since          bigint not null,
    position       bigint not null,
    passed         bigint not null default 0,
    taken          bigint not null default 0,
    removed        bigint not null default 0,
    primary key (creator_mchid, product)
) with (fillfactor = 40);

-- An event of the outbox, named by its place there, on its way.
create table delivery (
    creator_mchid  text collate "C" not null,
    place          bigint not null,
    product        text collate "C" not null,
    event_id       text collate "C" not null,
    kind           text collate "C" not null,
    state          text collate "C" not null,
    taken_ms       bigint not null,
    started_ms     bigint not null,
    due_ms         bigint not null,
    ended_ms       bigint not null default 0,
    claim          bigint not null,
    step           integer not null default 0,
    status         integer not null default 0,
    problem        text collate "C" not null default '',
    sealed         bytea not null default '',
    key_version    integer not null default 0,
    primary key (creator_mchid, place)
) with (fillfactor = 70);

-- What is yet to be delivered stays small, whatever the table holds.
create index delivery_due on delivery (creator_mchid, product, due_ms) where state = 'PENDING';
create index delivery_dead on delivery (creator_mchid, place) where state = 'DEAD';
create index delivery_by_event on delivery (event_id, creator_mchid);

create table attempt (
    creator_mchid  text collate "C" not null,
    place          bigint not null,
    number         bigint not null,
    url            text collate "C" not null,
    serial         text collate "C" not null,
    at_ms          bigint not null,
    took_ms        bigint not null,
    status         integer not null,
    problem        text collate "C" not null,
    answer         text collate "C" not null,
    primary key (creator_mchid, place, number)
);

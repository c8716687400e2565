-- What waits is a row: an event becomes a delivery in the transaction of its change, where its
-- merchant listens, and carries what it says. The outbox, and how far it was looked at, go.

alter table delivery add column at bigint, add column payload bytea;

update delivery d
set at = o.at, payload = o.payload
from outbox o
where o.creator_mchid = d.creator_mchid and o.id = d.place;

-- An event that its callback had not come to yet waits as a fresh delivery.
insert into delivery (creator_mchid, place, product, event_id, kind, at, payload, state, taken_ms, started_ms, due_ms, claim)
select o.creator_mchid, o.id, c.product, o.event_id, o.kind, o.at, o.payload, 'PENDING', 0, 0, 0, 0
from callback c
join outbox o on o.creator_mchid = c.creator_mchid and o.id > c.position
where c.is_on and c.product = case o.kind when 'COUPON.SEND' then 'busifavor' when 'COUPON.USE' then 'favor' end;

create sequence delivery_place;
select setval('delivery_place', coalesce(pg_sequence_last_value('outbox_id_seq'), 0) + 1);

alter table delivery
    alter column at set not null,
    alter column payload set not null,
    alter column place set default nextval('delivery_place'),
    alter column state set default 'PENDING',
    alter column taken_ms set default 0,
    alter column started_ms set default 0,
    alter column due_ms set default 0,
    alter column claim set default 0;

-- Fresh deliveries are due at 0; each is taken in the order of places.
drop index delivery_due;
create index delivery_due on delivery (creator_mchid, product, due_ms, place) where state = 'PENDING';
-- The proof that no event is told under two places.
drop index delivery_by_event;
create unique index delivery_by_event on delivery (event_id, creator_mchid);

alter table callback
    drop column since,
    drop column position,
    drop column passed,
    drop column taken,
    drop column removed;
alter table callback reset (fillfactor);

drop table outbox;

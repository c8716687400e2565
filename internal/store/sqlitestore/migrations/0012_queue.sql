-- What waits is a row: an event becomes a delivery in the transaction of its change, where its
-- merchant listens, and carries what it says. The outbox, and how far it was looked at, go.

alter table delivery add column at integer not null default 0;
alter table delivery add column payload blob not null default x'';

update delivery
set at = o.at, payload = o.payload
from outbox o
where o.creator_mchid = delivery.creator_mchid and o.id = delivery.place;

-- An event that its callback had not come to yet waits as a fresh delivery.
insert into delivery (creator_mchid, place, product, event_id, kind, at, payload, state, taken_ms, started_ms, due_ms, claim)
select o.creator_mchid, o.id, c.product, o.event_id, o.kind, o.at, o.payload, 'PENDING', 0, 0, 0, 0
from callback c
join outbox o on o.creator_mchid = c.creator_mchid and o.id > c.position
where c.is_on and c.product = case o.kind when 'COUPON.SEND' then 'busifavor' when 'COUPON.USE' then 'favor' end;

-- Fresh deliveries are due at 0; each is taken in the order of places.
drop index delivery_due;
create index delivery_due on delivery (creator_mchid, product, due_ms, place) where state = 'PENDING';
-- The proof that no event is told under two places.
drop index delivery_by_event;
create unique index delivery_by_event on delivery (event_id, creator_mchid);

alter table callback drop column since;
alter table callback drop column position;
alter table callback drop column passed;
alter table callback drop column taken;
alter table callback drop column removed;

drop table outbox;

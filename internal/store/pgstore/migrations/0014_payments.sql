-- floor: 0.2.0
-- A payment is the request that made it: request is the digest of what it asked for.
alter table payment add column request bytea not null default '';

update payment p
set request = r.content
from request r
where r.creator_mchid = p.content::json ->> 'maker' and r.stock_id = '' and r.operation = 50 and r.subject = ''
  and r.number = p.transaction_id;

delete from request where operation = 50;

-- The lines of bills need one index: id only tells apart what happened within a second.
drop index voucher_flow_by_time;
alter table voucher_flow drop constraint voucher_flow_pkey;
alter table voucher_flow add constraint voucher_flow_by_time primary key (creator_mchid, stock_id, kind, at, id);

-- floor: 0.2.0
-- A payment is the request that made it: request is the digest of what it asked for.
alter table payment add column request blob not null default x'';

update payment
set request = r.content
from request r
where r.creator_mchid = payment.content ->> 'maker' and r.stock_id = '' and r.operation = 50 and r.subject = x''
  and r.number = payment.transaction_id;

delete from request where operation = 50;

-- Ids of vouchers carry the end of their creator's mchid, and lead to the merchants whose they may be.
-- freezes: merchant
create index merchant_by_hint on merchant (right(mchid, 5));

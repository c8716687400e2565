-- The payments that a merchant collected are listed, the newest first: their numbers come from outside, in no order.
create index payment_by_time on payment (mchid, at, transaction_id);

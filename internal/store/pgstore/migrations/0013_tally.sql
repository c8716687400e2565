-- What happens with stocks, by the hour in which it happens, and what expires, by the day: the
-- figures of the console. The hours of Beijing are those of the world.

-- A count spreads over slots, so that transactions seldom wait for each other; readers add up.
create table tally_hour (
    creator_mchid  text collate "C" not null,
    hour           bigint not null,
    product        text collate "C" not null,
    stock_id       text collate "C" not null,
    kind           text collate "C" not null,
    channel        text collate "C" not null,
    slot           bigint not null,
    n              bigint not null,
    amount         bigint not null,
    primary key (creator_mchid, hour, product, stock_id, kind, channel, slot)
) with (fillfactor = 50);

create table tally_expiry (
    creator_mchid  text collate "C" not null,
    day            bigint not null,
    product        text collate "C" not null,
    stock_id       text collate "C" not null,
    slot           bigint not null,
    n              bigint not null,
    primary key (creator_mchid, day, product, stock_id, slot)
) with (fillfactor = 50);

-- What was there before. When a coupon was deleted is not known: it counts in the hour in which
-- it was received. Redemptions that were returned are not known, either.
insert into tally_hour (creator_mchid, product, stock_id, hour, kind, channel, slot, n, amount)
select creator_mchid, 'busifavor', stock_id, received_at / 3600, 'ISSUED', channel, 0, count(*), 0
from coupon
group by creator_mchid, stock_id, received_at / 3600, channel
union all
select creator_mchid, 'busifavor', stock_id, used_at / 3600, 'USED', channel, 0, count(*), 0
from coupon
where used_at > 0
group by creator_mchid, stock_id, used_at / 3600, channel
union all
select creator_mchid, 'busifavor', stock_id, deactivated_at / 3600, 'DEACTIVATED', channel, 0, count(*), 0
from coupon
where state = 'DEACTIVATED'
group by creator_mchid, stock_id, deactivated_at / 3600, channel
union all
select creator_mchid, 'busifavor', stock_id, received_at / 3600, 'DELETED', channel, 0, count(*), 0
from coupon
where state = 'DELETED'
group by creator_mchid, stock_id, received_at / 3600, channel
union all
select creator_mchid, 'favor', stock_id, received_at / 3600, 'ISSUED', '', 0, count(*), 0
from voucher
group by creator_mchid, stock_id, received_at / 3600
union all
select creator_mchid, 'favor', stock_id, at / 3600, 'USED', '', 0, count(*), sum(discount)
from voucher_flow
where kind = 'USE'
group by creator_mchid, stock_id, at / 3600
union all
select creator_mchid, 'favor', stock_id, hour, 'RETURNED', '', 0, sum(n), sum(discount)
from (
    select creator_mchid, stock_id, at / 3600 as hour, 0 as n, discount
    from voucher_flow
    where kind = 'REFUND'
    union all
    -- A voucher comes back with the last refund of the payment that used it.
    select f.creator_mchid, f.stock_id, max(r.at) / 3600, 1, 0
    from voucher_flow f
    join voucher v on v.voucher_id = f.voucher_id
    join voucher_flow r on r.kind = 'REFUND' and r.voucher_id = f.voucher_id and r.transaction_id = f.transaction_id
    where f.kind = 'USE' and (v.state <> 'USED' or v.transaction_id <> f.transaction_id)
    group by f.creator_mchid, f.stock_id, f.voucher_id, f.transaction_id) back
group by creator_mchid, stock_id, hour;

insert into tally_expiry (creator_mchid, product, stock_id, day, slot, n)
select creator_mchid, 'busifavor', stock_id, (expire_at + 28800) / 86400, 0, count(*)
from coupon
where state = 'SENDED'
group by creator_mchid, stock_id, (expire_at + 28800) / 86400
union all
select creator_mchid, 'favor', stock_id, (end_at + 28800) / 86400, 0, count(*)
from voucher
where state = 'SENDED'
group by creator_mchid, stock_id, (end_at + 28800) / 86400;

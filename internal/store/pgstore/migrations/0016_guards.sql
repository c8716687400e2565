-- A counter that is not what a transaction took it for becomes -1, which the table refuses: so the
-- commit may travel with the change.
-- closes: voucher_day, voucher_month, voucher_stock
alter table voucher_stock add constraint voucher_stock_not_stale check (sent >= 0);
alter table voucher_day add constraint voucher_day_not_stale check (sent >= 0);
alter table voucher_month add constraint voucher_month_not_stale check (received >= 0);

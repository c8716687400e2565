-- Certified brands; a merchant without one has empty texts. Whoever was here before is told of
-- events as before.
-- closes: merchant
alter table merchant add column brand_name text not null default '';
alter table merchant add column brand_logo text not null default '';
insert into merchant_permission (mchid, permission) select mchid, 'PUSH_EVENTS' from merchant;

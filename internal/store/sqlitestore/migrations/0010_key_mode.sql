-- Since when a merchant has its key mode; 0 is not known.
alter table merchant add column key_mode_since integer not null default 0;

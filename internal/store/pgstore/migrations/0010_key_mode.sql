-- Since when a merchant has its key mode; 0 is not known.
alter table merchant add column key_mode_since bigint not null default 0;

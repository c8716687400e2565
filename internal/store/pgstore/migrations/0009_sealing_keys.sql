-- The key-encryption keys that secrets may be sealed with, in the order in which they came.
-- A fingerprint tells which key it is; the keys themselves are not in the database.
create table sealing_key (
    generation   integer primary key,
    fingerprint  text collate "C" not null unique
);

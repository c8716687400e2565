-- Whose is what calls name by its id alone and what is seldom made. Every node of a distributed database holds this
-- table whole, so that such an id leads to its owner without a question to every worker; and no two owners get the same id.
-- freezes: card, image, stock, voucher_stock
create table owner (
    kind  text collate "C" not null,
    id    text collate "C" not null,
    mchid text collate "C" not null,
    constraint owner_pkey primary key (kind, id)
);

-- Nodes of the release before, which may still be at work, do not fill it. A later step drops these triggers.
create function keep_owner() returns trigger language plpgsql as $$
begin
    execute format('insert into owner (kind, id, mchid) values ($1, ($2).%I, ($2).%I) on conflict do nothing', tg_argv[1], tg_argv[2])
    using tg_argv[0], new;
    return null;
end
$$;
create trigger keep_owner after insert on stock for each row execute function keep_owner('STOCK', 'stock_id', 'creator_mchid');
create trigger keep_owner after insert on voucher_stock for each row
    execute function keep_owner('VOUCHER_STOCK', 'stock_id', 'creator_mchid');
create trigger keep_owner after insert on card for each row execute function keep_owner('CARD', 'card_id', 'mchid');
create trigger keep_owner after insert on image for each row execute function keep_owner('IMAGE', 'token', 'mchid');

insert into owner select 'STOCK', stock_id, creator_mchid from stock;
insert into owner select 'VOUCHER_STOCK', stock_id, creator_mchid from voucher_stock;
insert into owner select 'CARD', card_id, mchid from card;
insert into owner select 'IMAGE', token, mchid from image;

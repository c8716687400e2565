-- A list of stocks of one creator is looked up by their ids. An index that begins with the creator would serve such a
-- question, too, by reading all stocks of the creator.
-- closes: stock
alter table stock drop constraint stock_pkey;
alter table stock add constraint stock_pkey primary key (stock_id, creator_mchid);

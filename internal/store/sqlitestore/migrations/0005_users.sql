-- Lists of users. What no user has by itself is in none of them, so that registering one
-- costs nothing more.
create index user_unionid on user (unionid, openid) where unionid <> '';
create index user_suspicious on user (openid) where suspicious <> 0;
create index user_person on user (person, openid) where person <> account;

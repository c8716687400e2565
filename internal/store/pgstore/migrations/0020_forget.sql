-- The answer to a redemption that was returned since is given to nobody, and named the user: it goes.
update request set answer = '{}' where operation = 3;

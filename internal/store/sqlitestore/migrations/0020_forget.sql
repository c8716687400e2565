-- The answer to a redemption that was returned since is given to nobody, and named the user: it goes.
update request set answer = x'7b7d' where operation = 3;

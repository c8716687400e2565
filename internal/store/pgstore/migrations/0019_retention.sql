-- What has been kept long enough is found by its age: answers to signed calls (operation 60), and
-- counts of tries to sign in. The owner comes last: hot statements never take the index for theirs.
-- freezes: request, sign_in_failure
create index request_nonce on request (at, creator_mchid) where operation = 60;
create index sign_in_failure_age on sign_in_failure (last_at);

-- No statement of the protocol waits longer than this for a row, or for a change of the table; it is then tried again. A
-- waiter that has waited for a row looks once more well within the three seconds that it may take beyond a lease.
SET SESSION innodb_lock_wait_timeout = 1, lock_wait_timeout = 2

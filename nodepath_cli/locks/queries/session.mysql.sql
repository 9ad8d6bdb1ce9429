-- No statement of the protocol waits longer than this for a row or for a change of the table; it is then tried again.
SET SESSION innodb_lock_wait_timeout = 2, lock_wait_timeout = 2

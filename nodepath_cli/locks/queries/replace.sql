-- Compare and set: take over an expired lock, renew one's own, or give it back and keep the row. One row was changed,
-- or another was faster. :token always differs from :seen, so the count is the same with and without clientFoundRows.
UPDATE {table} SET `timestamp` = :token
WHERE id_prospect = :prospect AND id_device = :device AND `timestamp` = :seen

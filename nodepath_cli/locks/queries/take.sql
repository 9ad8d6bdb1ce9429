-- Take a lock that nobody has. The unique key on (id_prospect, id_device) answers with 1062 where there is a row.
INSERT INTO {table} (id_prospect, id_device, `timestamp`) VALUES (:prospect, :device, :token)

SELECT l.name, i.name, NULL
FROM pragma_index_list(:name) AS l JOIN pragma_index_info(l.name) AS i
WHERE l."unique" = 1 AND l.partial = 0
ORDER BY l.name, i.seqno

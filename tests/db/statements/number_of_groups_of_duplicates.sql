SELECT count(*) FROM (
    SELECT t.key FROM twins AS t CROSS JOIN LATERAL (
           SELECT * FROM files
            WHERE files.id = t.file_id AND missing_since IS NULL
              AND (CAST(:library AS int) IS NULL OR library_id = :library) OFFSET 0) AS f
     WHERE t.kind = :by
     GROUP BY t.key HAVING count(*) BETWEEN 2 AND :most ORDER BY t.key LIMIT :bound) AS groups;

-- Aggregate
--   ->  Limit
--         ->  GroupAggregate
--               Group Key: t.key
--               Filter: ((count(*) >= 2) AND (count(*) <= '50'::smallint))
--               ->  Nested Loop
--                     ->  Index Only Scan using twins_pkey on twins t
--                           Index Cond: (kind = 'pages'::text)
--                     ->  Index Scan using files_pkey on files
--                           Index Cond: (id = t.file_id)
--                           Filter: (missing_since IS NULL)

WITH page AS MATERIALIZED (
    SELECT t.key, count(*) AS files FROM twins AS t CROSS JOIN LATERAL (
           SELECT * FROM files
            WHERE files.id = t.file_id AND missing_since IS NULL
              AND (CAST(:library AS int) IS NULL OR library_id = :library) OFFSET 0) AS f
     WHERE t.kind = :by AND t.key > :after
     GROUP BY t.key HAVING count(*) BETWEEN 2 AND :most ORDER BY t.key LIMIT :groups)
    SELECT page.key AS group_key, page.files AS group_files, c.*
      FROM page CROSS JOIN LATERAL (
    SELECT f.id, f.library_id AS library, f.path, f.size, f.mtime_ns, f.format, f.page_count,
           f.series, f.number, f.title, f.publisher, f.year, f.fault, f.marked, f.duplicate,
           (SELECT root FROM libraries AS l WHERE l.id = f.library_id) AS root,
           (SELECT CAST(r.tags ->> 'volume' AS int) FROM file_tags AS r
             WHERE r.file_id = f.id) AS volume,
           (SELECT count(*) FROM file_tags AS r CROSS JOIN jsonb_each_text(r.provenance) AS told
             WHERE r.file_id = f.id AND told.value NOT IN ('file name', 'folder')) AS tags
           FROM twins AS t CROSS JOIN LATERAL (
           SELECT * FROM files
            WHERE files.id = t.file_id AND missing_since IS NULL
              AND (CAST(:library AS int) IS NULL OR library_id = :library) OFFSET 0) AS f
     WHERE t.kind = :by AND t.key = page.key
     ORDER BY f.sort_key, f.id LIMIT :shown) AS c
     ORDER BY page.key;

-- Nested Loop
--   CTE page
--     ->  Limit
--           ->  GroupAggregate
--                 Group Key: t_1.key
--                 Filter: ((count(*) >= 2) AND (count(*) <= '50'::smallint))
--                 ->  Nested Loop
--                       ->  Index Only Scan using twins_pkey on twins t_1
--                             Index Cond: ((kind = 'pages'::text) AND (key > '1'::text))
--                       ->  Index Scan using files_pkey on files files_1
--                             Index Cond: (id = t_1.file_id)
--                             Filter: (missing_since IS NULL)
--   ->  CTE Scan on page
--   ->  Limit
--         ->  Result
--               ->  Sort
--                     Sort Key: files.sort_key COLLATE "C", files.id
--                     ->  Nested Loop
--                           ->  Index Only Scan using twins_pkey on twins t
--                                 Index Cond: ((kind = 'pages'::text) AND (key = page.key))
--                           ->  Index Scan using files_pkey on files
--                                 Index Cond: (id = t.file_id)
--                                 Filter: (missing_since IS NULL)
--               SubPlan 2
--                 ->  Index Scan using libraries_pkey on libraries l
--                       Index Cond: (id = files.library_id)
--               SubPlan 3
--                 ->  Index Scan using file_tags_pkey on file_tags r
--                       Index Cond: (file_id = files.id)
--               SubPlan 4
--                 ->  Aggregate
--                       ->  Nested Loop
--                             ->  Index Scan using file_tags_pkey on file_tags r_1
--                                   Index Cond: (file_id = files.id)
--                             ->  Function Scan on jsonb_each_text told
--                                   Filter: (value <> ALL ('{"file name",folder}'::text[]))

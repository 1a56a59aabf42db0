WITH found AS
(SELECT files.series AS series, files.publisher AS publisher, CAST(files.year AS TEXT) AS year, files.format AS format, CASE WHEN (strpos(substr(files.path, length(%(prefix)s::VARCHAR) + 1), '/') > 0) THEN %(prefix)s::VARCHAR || split_part(substr(files.path, length(%(prefix)s::VARCHAR) + 1), '/', 1) END AS folder, CAST(files.fault IS NOT NULL AS TEXT) AS fault
FROM files JOIN file_search ON files.id = file_search.file_id
WHERE file_search.series = %(series)s::VARCHAR AND NOT file_search.missing AND files.missing_since IS NULL
 LIMIT %(most)s::BIGINT)
 SELECT anon_1.facet, anon_1.value, anon_1.number
FROM (SELECT 'series' AS facet, found.series AS value, count(*) AS number
FROM found
WHERE found.series IS NOT NULL GROUP BY value ORDER BY number DESC, value
 LIMIT %(limit)s::BIGINT) AS anon_1 UNION ALL SELECT anon_2.facet, anon_2.value, anon_2.number
FROM (SELECT 'publisher' AS facet, found.publisher AS value, count(*) AS number
FROM found
WHERE found.publisher IS NOT NULL GROUP BY value ORDER BY number DESC, value
 LIMIT %(limit)s::BIGINT) AS anon_2 UNION ALL SELECT anon_3.facet, anon_3.value, anon_3.number
FROM (SELECT 'year' AS facet, found.year AS value, count(*) AS number
FROM found
WHERE found.year IS NOT NULL GROUP BY value ORDER BY number DESC, value
 LIMIT %(limit)s::BIGINT) AS anon_3 UNION ALL SELECT anon_4.facet, anon_4.value, anon_4.number
FROM (SELECT 'format' AS facet, found.format AS value, count(*) AS number
FROM found
WHERE found.format IS NOT NULL GROUP BY value ORDER BY number DESC, value
 LIMIT %(limit)s::BIGINT) AS anon_4 UNION ALL SELECT anon_5.facet, anon_5.value, anon_5.number
FROM (SELECT 'folder' AS facet, found.folder AS value, count(*) AS number
FROM found
WHERE found.folder IS NOT NULL GROUP BY value ORDER BY number DESC, value
 LIMIT %(limit)s::BIGINT) AS anon_5 UNION ALL SELECT anon_6.facet, anon_6.value, anon_6.number
FROM (SELECT 'fault' AS facet, found.fault AS value, count(*) AS number
FROM found
WHERE found.fault IS NOT NULL GROUP BY value ORDER BY number DESC, value
 LIMIT %(limit)s::BIGINT) AS anon_6 UNION ALL SELECT CAST(NULL AS TEXT) AS anon_7, CAST(count(*) < %(most)s::BIGINT AS TEXT) AS anon_8, count(*) AS count_1
FROM found;

-- Append
--   CTE found
--     ->  Limit
--           ->  Nested Loop
--                 ->  Index Only Scan using file_search_series_idx on file_search
--                       Index Cond: (series = 'Saga'::text)
--                 ->  Index Scan using files_pkey on files
--                       Index Cond: (id = file_search.file_id)
--                       Filter: (missing_since IS NULL)
--   ->  Limit
--         ->  Sort
--               Disabled: true
--               Sort Key: (count(*)) DESC, found.series
--               ->  HashAggregate
--                     Group Key: found.series
--                     ->  CTE Scan on found
--                           Filter: (series IS NOT NULL)
--   ->  Limit
--         ->  Sort
--               Disabled: true
--               Sort Key: (count(*)) DESC, found_1.publisher
--               ->  HashAggregate
--                     Group Key: found_1.publisher
--                     ->  CTE Scan on found found_1
--                           Filter: (publisher IS NOT NULL)
--   ->  Limit
--         ->  Sort
--               Disabled: true
--               Sort Key: (count(*)) DESC, found_2.year
--               ->  HashAggregate
--                     Group Key: found_2.year
--                     ->  CTE Scan on found found_2
--                           Filter: (year IS NOT NULL)
--   ->  Limit
--         ->  Sort
--               Disabled: true
--               Sort Key: (count(*)) DESC, found_3.format
--               ->  HashAggregate
--                     Group Key: found_3.format
--                     ->  CTE Scan on found found_3
--                           Filter: (format IS NOT NULL)
--   ->  Limit
--         ->  Sort
--               Disabled: true
--               Sort Key: (count(*)) DESC, found_4.folder COLLATE "C"
--               ->  HashAggregate
--                     Group Key: found_4.folder
--                     ->  CTE Scan on found found_4
--                           Filter: (folder IS NOT NULL)
--   ->  Limit
--         ->  Sort
--               Disabled: true
--               Sort Key: (count(*)) DESC, found_5.fault
--               ->  HashAggregate
--                     Group Key: found_5.fault
--                     ->  CTE Scan on found found_5
--                           Filter: (fault IS NOT NULL)
--   ->  Aggregate
--         ->  CTE Scan on found found_6

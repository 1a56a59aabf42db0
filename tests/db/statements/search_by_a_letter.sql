WITH found AS
(SELECT file_search.sort_key AS key, file_search.file_id AS id
FROM file_search
WHERE NOT file_search.missing AND (file_search.search_key COLLATE "POSIX") LIKE %(needle)s::VARCHAR
 LIMIT %(most)s::BIGINT),
summary AS
(SELECT known.total AS total, known.exact AS exact, known.unmarked AS unmarked, known.rebuilding AS rebuilding, hashtextextended(coalesce(CAST(known.roots AS TEXT), ''), known.changes * 2 + CAST(known.rebuilding AS INTEGER)) & 9223372036854775807 AS version, known.roots AS roots
FROM (SELECT (SELECT count(*) AS count_1
FROM found) AS total, (SELECT count(*) AS count_1
FROM found) < %(most)s::BIGINT AS exact, CAST(coalesce(sum(counts.present) FILTER (WHERE NOT counts.marked), 0) AS BIGINT) AS unmarked, EXISTS (SELECT FROM scans JOIN libraries ON libraries.id = scans.library_id
                WHERE libraries.scanned_at IS NULL AND scans.state = 'running'
                  AND scans.heartbeat_at > now() - interval '30 seconds') AS rebuilding, CAST(coalesce(sum(counts.version), 0) AS BIGINT) AS changes, (SELECT json_object_agg(libraries.id, libraries.root) AS json_object_agg_1
FROM libraries) AS roots
FROM counts) AS known),
walked AS
(SELECT near.id AS id
FROM (SELECT file_search.sort_key AS key, file_search.file_id AS id, file_search.search_key AS search_key
FROM file_search
WHERE NOT file_search.missing AND NOT (SELECT summary.total < %(most)s::BIGINT AS anon_2
FROM summary) ORDER BY file_search.sort_key, file_search.file_id
 LIMIT %(reach)s::BIGINT) AS near
WHERE (near.search_key COLLATE "POSIX") LIKE %(needle)s::VARCHAR ORDER BY near.key, near.id
 LIMIT 100),
rest AS MATERIALIZED
(SELECT file_search.sort_key AS key, file_search.file_id AS id
FROM file_search
WHERE NOT file_search.missing AND (file_search.search_key COLLATE "POSIX") LIKE %(needle)s::VARCHAR AND NOT (SELECT summary.total < %(most)s::BIGINT AS anon_2
FROM summary) AND (SELECT count(*) AS count_2
FROM walked) < 100)
 SELECT CAST(row_to_json(summary) AS TEXT) AS summary, joined.heads, joined.fragments, joined.key, joined.id
FROM summary JOIN (SELECT string_agg(int4send(page.head), '') AS heads, string_agg(page.fragment, E'\n') AS fragments, (array_agg(page.key))[count(*)] AS key, (array_agg(page.id))[count(*)] AS id
FROM (SELECT files.library_id * 4 + CAST(files.marked AS INTEGER) + CAST(files.duplicate AS INTEGER) * 2 AS head, files.fragment AS fragment, CAST(files.sort_key AS TEXT) AS key, files.id AS id
FROM files
WHERE files.id = any(array((SELECT anon_1.id
FROM (SELECT found.id AS id
FROM found
WHERE (SELECT summary.total < %(most)s::BIGINT AS anon_2
FROM summary) ORDER BY found.key, found.id
 LIMIT 100) AS anon_1 UNION ALL SELECT anon_3.id
FROM (SELECT walked.id AS id
FROM walked
WHERE (SELECT count(*) AS count_2
FROM walked) = 100) AS anon_3 UNION ALL SELECT anon_4.id
FROM (SELECT rest.id AS id
FROM rest ORDER BY rest.key, rest.id
 LIMIT 100) AS anon_4))) ORDER BY files.sort_key, files.id) AS page) AS joined ON true;

-- Nested Loop
--   CTE found
--     ->  Limit
--           ->  Bitmap Heap Scan on file_search
--                 Recheck Cond: (NOT missing)
--                 Filter: ((search_key)::text ~~ '%é%'::text)
--                 ->  Bitmap Index Scan on file_search_name_idx
--   CTE summary
--     ->  Subquery Scan on known
--           ->  Aggregate
--                 InitPlan 2
--                   ->  Aggregate
--                         ->  CTE Scan on found
--                 InitPlan 3
--                   ->  Aggregate
--                         ->  CTE Scan on found found_1
--                 InitPlan 4
--                   ->  Nested Loop
--                         Join Filter: (libraries.id = scans.library_id)
--                         ->  Index Scan using scans_running_idx on scans
--                               Filter: (heartbeat_at > (now() - '00:00:30'::interval))
--                         ->  Index Scan using libraries_pkey on libraries
--                               Filter: (scanned_at IS NULL)
--                 InitPlan 5
--                   ->  Aggregate
--                         ->  Seq Scan on libraries libraries_1
--                               Disabled: true
--                 ->  Seq Scan on counts
--                       Disabled: true
--   CTE walked
--     ->  Limit
--           ->  Subquery Scan on near
--                 Filter: ((near.search_key)::text ~~ '%é%'::text)
--                 ->  Limit
--                       InitPlan 7
--                         ->  CTE Scan on summary summary_1
--                       ->  Result
--                             One-Time Filter: (NOT (InitPlan 7).col1)
--                             ->  Index Scan using file_search_name_idx on file_search file_search_1
--   CTE rest
--     ->  Result
--           One-Time Filter: ((NOT (InitPlan 9).col1) AND ((InitPlan 10).col1 < 100))
--           InitPlan 9
--             ->  CTE Scan on summary summary_2
--           InitPlan 10
--             ->  Aggregate
--                   ->  CTE Scan on walked
--           ->  Bitmap Heap Scan on file_search file_search_2
--                 Recheck Cond: (NOT missing)
--                 Filter: ((search_key)::text ~~ '%é%'::text)
--                 ->  Bitmap Index Scan on file_search_name_idx
--   ->  CTE Scan on summary
--   ->  Aggregate
--         ->  Sort
--               Disabled: true
--               Sort Key: files.sort_key COLLATE "C", files.id
--               InitPlan 14
--                 ->  Append
--                       ->  Subquery Scan on anon_1
--                             ->  Limit
--                                   InitPlan 12
--                                     ->  CTE Scan on summary summary_3
--                                   ->  Sort
--                                         Disabled: true
--                                         Sort Key: found_2.key COLLATE "C", found_2.id
--                                         ->  Result
--                                               One-Time Filter: (InitPlan 12).col1
--                                               ->  CTE Scan on found found_2
--                       ->  Result
--                             One-Time Filter: ((InitPlan 13).col1 = 100)
--                             InitPlan 13
--                               ->  Aggregate
--                                     ->  CTE Scan on walked walked_1
--                             ->  CTE Scan on walked walked_2
--                       ->  Subquery Scan on anon_4
--                             ->  Limit
--                                   ->  Sort
--                                         Disabled: true
--                                         Sort Key: rest.key COLLATE "C", rest.id
--                                         ->  CTE Scan on rest
--               ->  Index Scan using files_pkey on files
--                     Index Cond: (id = ANY ((InitPlan 14).col1))

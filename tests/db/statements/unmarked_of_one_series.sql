WITH summary AS
(SELECT known.total AS total, known.exact AS exact, known.unmarked AS unmarked, known.rebuilding AS rebuilding, hashtextextended(coalesce(CAST(known.roots AS TEXT), ''), known.changes * 2 + CAST(known.rebuilding AS INTEGER)) & 9223372036854775807 AS version, known.roots AS roots
FROM (SELECT (SELECT CAST(coalesce(sum(tallies.present - tallies.marked), 0) AS BIGINT) AS coalesce_1
FROM tallies
WHERE tallies.facet = 'series' AND tallies.parent = '' AND tallies.value = CAST(%(series)s::VARCHAR AS TEXT)) AS total, true AS exact, CAST(coalesce(sum(counts.present) FILTER (WHERE NOT counts.marked), 0) AS BIGINT) AS unmarked, EXISTS (SELECT FROM scans JOIN libraries ON libraries.id = scans.library_id
                WHERE libraries.scanned_at IS NULL AND scans.state = 'running'
                  AND scans.heartbeat_at > now() - interval '30 seconds') AS rebuilding, CAST(coalesce(sum(counts.version), 0) AS BIGINT) AS changes, (SELECT json_object_agg(libraries.id, libraries.root) AS json_object_agg_1
FROM libraries) AS roots
FROM counts) AS known),
found AS
(SELECT file_search.sort_key AS key, file_search.file_id AS id
FROM files JOIN file_search ON files.id = file_search.file_id
WHERE file_search.series = %(series)s::VARCHAR AND NOT file_search.missing AND files.missing_since IS NULL AND NOT files.marked
 LIMIT %(most)s::BIGINT),
walked AS
(SELECT near.id AS id
FROM (SELECT file_search.sort_key AS key, file_search.file_id AS id, file_search.series AS series
FROM file_search
WHERE NOT file_search.missing AND NOT (SELECT summary.total < %(most)s::BIGINT AS anon_2
FROM summary) ORDER BY file_search.sort_key, file_search.file_id
 LIMIT %(reach)s::BIGINT) AS near
WHERE near.series = %(series)s::VARCHAR AND (EXISTS (SELECT true AS anon_4
FROM files
WHERE files.id = near.id AND files.missing_since IS NULL AND NOT files.marked
 LIMIT ALL OFFSET 0)) ORDER BY near.key, near.id
 LIMIT 100),
rest AS MATERIALIZED
(SELECT file_search.sort_key AS key, file_search.file_id AS id
FROM file_search
WHERE file_search.series = %(series)s::VARCHAR AND NOT file_search.missing AND NOT (SELECT summary.total < %(most)s::BIGINT AS anon_2
FROM summary) AND (SELECT count(*) AS count_1
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
WHERE (SELECT count(*) AS count_1
FROM walked) = 100) AS anon_3 UNION ALL SELECT anon_5.id
FROM (SELECT anon_6.id AS id
FROM (SELECT rest.key AS key, rest.id AS id
FROM rest ORDER BY rest.key, rest.id
 LIMIT ALL OFFSET 0) AS anon_6
WHERE EXISTS (SELECT true AS anon_4
FROM files
WHERE files.id = anon_6.id AND files.missing_since IS NULL AND NOT files.marked
 LIMIT ALL OFFSET 0) ORDER BY anon_6.key, anon_6.id
 LIMIT 100) AS anon_5))) ORDER BY files.sort_key, files.id) AS page) AS joined ON true;

-- Nested Loop
--   CTE summary
--     ->  Subquery Scan on known
--           ->  Aggregate
--                 InitPlan 1
--                   ->  Aggregate
--                         ->  Index Scan using tallies_pkey on tallies
--                               Index Cond: ((facet = 'series'::text) AND (parent = ''::text) AND (value = 'Saga'::text))
--                 InitPlan 2
--                   ->  Nested Loop
--                         Join Filter: (libraries.id = scans.library_id)
--                         ->  Index Scan using scans_running_idx on scans
--                               Filter: (heartbeat_at > (now() - '00:00:30'::interval))
--                         ->  Index Scan using libraries_pkey on libraries
--                               Filter: (scanned_at IS NULL)
--                 InitPlan 3
--                   ->  Aggregate
--                         ->  Seq Scan on libraries libraries_1
--                               Disabled: true
--                 ->  Seq Scan on counts
--                       Disabled: true
--   CTE walked
--     ->  Limit
--           ->  Subquery Scan on near
--                 Filter: ((near.series = 'Saga'::text) AND EXISTS(SubPlan 5))
--                 ->  Limit
--                       InitPlan 6
--                         ->  CTE Scan on summary summary_1
--                       ->  Result
--                             One-Time Filter: (NOT (InitPlan 6).col1)
--                             ->  Index Scan using file_search_name_idx on file_search
--                 SubPlan 5
--                   ->  Index Scan using files_pkey on files files_1
--                         Index Cond: (id = near.id)
--                         Filter: ((missing_since IS NULL) AND (NOT marked))
--   CTE rest
--     ->  Result
--           One-Time Filter: ((NOT (InitPlan 8).col1) AND ((InitPlan 9).col1 < 100))
--           InitPlan 8
--             ->  CTE Scan on summary summary_2
--           InitPlan 9
--             ->  Aggregate
--                   ->  CTE Scan on walked
--           ->  Index Only Scan using file_search_series_idx on file_search file_search_1
--                 Index Cond: (series = 'Saga'::text)
--   ->  CTE Scan on summary
--   ->  Aggregate
--         ->  Sort
--               Disabled: true
--               Sort Key: files.sort_key COLLATE "C", files.id
--               InitPlan 14
--                 ->  Append
--                       ->  Subquery Scan on anon_1
--                             ->  Limit
--                                   InitPlan 11
--                                     ->  CTE Scan on summary summary_3
--                                   ->  Sort
--                                         Disabled: true
--                                         Sort Key: file_search_2.sort_key COLLATE "C", file_search_2.file_id
--                                         ->  Result
--                                               One-Time Filter: (InitPlan 11).col1
--                                               ->  Limit
--                                                     ->  Nested Loop
--                                                           ->  Index Only Scan using files_marked_size_idx on files files_3
--                                                                 Index Cond: (marked = false)
--                                                           ->  Index Scan using file_search_pkey on file_search file_search_2
--                                                                 Index Cond: (file_id = files_3.id)
--                                                                 Filter: ((NOT missing) AND (series = 'Saga'::text))
--                       ->  Result
--                             One-Time Filter: ((InitPlan 12).col1 = 100)
--                             InitPlan 12
--                               ->  Aggregate
--                                     ->  CTE Scan on walked walked_1
--                             ->  CTE Scan on walked walked_2
--                       ->  Subquery Scan on anon_5
--                             ->  Limit
--                                   ->  Subquery Scan on anon_6
--                                         Filter: EXISTS(SubPlan 13)
--                                         ->  Sort
--                                               Disabled: true
--                                               Sort Key: rest.key COLLATE "C", rest.id
--                                               ->  CTE Scan on rest
--                                         SubPlan 13
--                                           ->  Index Scan using files_pkey on files files_2
--                                                 Index Cond: (id = anon_6.id)
--                                                 Filter: ((missing_since IS NULL) AND (NOT marked))
--               ->  Index Scan using files_pkey on files
--                     Index Cond: (id = ANY ((InitPlan 14).col1))

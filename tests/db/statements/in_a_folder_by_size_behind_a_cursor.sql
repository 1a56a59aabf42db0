WITH summary AS
(SELECT known.total AS total, known.exact AS exact, known.unmarked AS unmarked, known.rebuilding AS rebuilding, hashtextextended(coalesce(CAST(known.roots AS TEXT), ''), known.changes * 2 + CAST(known.rebuilding AS INTEGER)) & 9223372036854775807 AS version, known.roots AS roots
FROM (SELECT (SELECT CAST(coalesce(sum(tallies.present), 0) AS BIGINT) AS coalesce_1
FROM tallies
WHERE tallies.facet = 'folder' AND tallies.parent = %(folder_parent)s::VARCHAR AND tallies.value = %(folder_name)s::VARCHAR) AS total, true AS exact, CAST(coalesce(sum(counts.present) FILTER (WHERE NOT counts.marked), 0) AS BIGINT) AS unmarked, EXISTS (SELECT FROM scans JOIN libraries ON libraries.id = scans.library_id
                WHERE libraries.scanned_at IS NULL AND scans.state = 'running'
                  AND scans.heartbeat_at > now() - interval '30 seconds') AS rebuilding, CAST(coalesce(sum(counts.version), 0) AS BIGINT) AS changes, (SELECT json_object_agg(libraries.id, libraries.root) AS json_object_agg_1
FROM libraries) AS roots
FROM counts) AS known),
found AS
(SELECT files.size AS key, files.id AS id
FROM files
WHERE files.path >= %(folder_from)s::VARCHAR AND files.path < %(folder_to)s::VARCHAR AND files.missing_since IS NULL
 LIMIT %(most)s::BIGINT),
walked AS
(SELECT near.id AS id
FROM (SELECT files.size AS key, files.id AS id, files.path AS path
FROM files
WHERE files.missing_since IS NULL AND NOT (SELECT summary.total < %(most)s::BIGINT AS anon_4
FROM summary) AND (files.size, files.id) > (SELECT %(after_key)s::BIGINT AS anon_6, %(after_id)s::INTEGER AS anon_7) ORDER BY files.size, files.id
 LIMIT %(reach)s::BIGINT) AS near
WHERE (near.key, near.id) > (SELECT %(after_key)s::BIGINT AS anon_8, %(after_id)s::INTEGER AS anon_9) AND near.path >= %(folder_from)s::VARCHAR AND near.path < %(folder_to)s::VARCHAR ORDER BY near.key, near.id
 LIMIT 100),
rest AS MATERIALIZED
(SELECT files.size AS key, files.id AS id
FROM files
WHERE files.path >= %(folder_from)s::VARCHAR AND files.path < %(folder_to)s::VARCHAR AND files.missing_since IS NULL AND NOT (SELECT summary.total < %(most)s::BIGINT AS anon_4
FROM summary) AND (SELECT count(*) AS count_1
FROM walked) < 100)
 SELECT CAST(row_to_json(summary) AS TEXT) AS summary, joined.heads, joined.fragments, joined.key, joined.id
FROM summary JOIN (SELECT string_agg(int4send(page.head), '') AS heads, string_agg(page.fragment, E'\n') AS fragments, (array_agg(page.key))[count(*)] AS key, (array_agg(page.id))[count(*)] AS id
FROM (SELECT files.library_id * 4 + CAST(files.marked AS INTEGER) + CAST(files.duplicate AS INTEGER) * 2 AS head, files.fragment AS fragment, CAST(files.size AS TEXT) AS key, files.id AS id
FROM files
WHERE files.id = any(array((SELECT anon_1.id
FROM (SELECT found.id AS id
FROM found
WHERE (found.key, found.id) > (SELECT %(after_key)s::BIGINT AS anon_2, %(after_id)s::INTEGER AS anon_3) AND (SELECT summary.total < %(most)s::BIGINT AS anon_4
FROM summary) ORDER BY found.key, found.id
 LIMIT 100) AS anon_1 UNION ALL SELECT anon_5.id
FROM (SELECT walked.id AS id
FROM walked
WHERE (SELECT count(*) AS count_1
FROM walked) = 100) AS anon_5 UNION ALL SELECT anon_10.id
FROM (SELECT rest.id AS id
FROM rest
WHERE (rest.key, rest.id) > (SELECT %(after_key)s::BIGINT AS anon_11, %(after_id)s::INTEGER AS anon_12) ORDER BY rest.key, rest.id
 LIMIT 100) AS anon_10))) ORDER BY files.size, files.id) AS page) AS joined ON true;

-- Nested Loop
--   CTE summary
--     ->  Subquery Scan on known
--           ->  Aggregate
--                 InitPlan 1
--                   ->  Aggregate
--                         ->  Index Scan using tallies_pkey on tallies
--                               Index Cond: ((facet = 'folder'::text) AND (parent = ''::text) AND (value = 'Saga'::text))
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
--           InitPlan 5
--             ->  Result
--           ->  Subquery Scan on near
--                 Filter: ((near.path >= 'Saga/'::text) AND (near.path < 'Saga0'::text) AND (ROW(near.key, near.id) > ROW((InitPlan 5).col1, (InitPlan 5).col2)))
--                 ->  Limit
--                       InitPlan 6
--                         ->  CTE Scan on summary summary_1
--                       InitPlan 7
--                         ->  Result
--                       ->  Result
--                             One-Time Filter: (NOT (InitPlan 6).col1)
--                             ->  Index Scan using files_size_idx on files files_1
--                                   Index Cond: (ROW(size, id) > ROW((InitPlan 7).col1, (InitPlan 7).col2))
--   CTE rest
--     ->  Result
--           One-Time Filter: ((NOT (InitPlan 9).col1) AND ((InitPlan 10).col1 < 100))
--           InitPlan 9
--             ->  CTE Scan on summary summary_2
--           InitPlan 10
--             ->  Aggregate
--                   ->  CTE Scan on walked
--           ->  Index Scan using files_path_key on files files_2
--                 Index Cond: ((path >= 'Saga/'::text) AND (path < 'Saga0'::text) AND (missing_since IS NULL))
--   ->  CTE Scan on summary
--   ->  Aggregate
--         ->  Sort
--               Disabled: true
--               Sort Key: files.size, files.id
--               InitPlan 16
--                 ->  Append
--                       ->  Subquery Scan on anon_1
--                             ->  Limit
--                                   InitPlan 12
--                                     ->  Result
--                                   InitPlan 13
--                                     ->  CTE Scan on summary summary_3
--                                   ->  Sort
--                                         Disabled: true
--                                         Sort Key: found.key, found.id
--                                         ->  Result
--                                               One-Time Filter: (InitPlan 13).col1
--                                               ->  Subquery Scan on found
--                                                     Filter: (ROW(found.key, found.id) > ROW((InitPlan 12).col1, (InitPlan 12).col2))
--                                                     ->  Limit
--                                                           ->  Index Scan using files_path_key on files files_3
--                                                                 Index Cond: ((path >= 'Saga/'::text) AND (path < 'Saga0'::text) AND (missing_since IS NULL))
--                       ->  Result
--                             One-Time Filter: ((InitPlan 14).col1 = 100)
--                             InitPlan 14
--                               ->  Aggregate
--                                     ->  CTE Scan on walked walked_1
--                             ->  CTE Scan on walked walked_2
--                       ->  Subquery Scan on anon_10
--                             ->  Limit
--                                   InitPlan 15
--                                     ->  Result
--                                   ->  Sort
--                                         Disabled: true
--                                         Sort Key: rest.key, rest.id
--                                         ->  CTE Scan on rest
--                                               Filter: (ROW(key, id) > ROW((InitPlan 15).col1, (InitPlan 15).col2))
--               ->  Index Scan using files_pkey on files
--                     Index Cond: (id = ANY ((InitPlan 16).col1))

WITH summary AS
(SELECT known.total AS total, known.exact AS exact, known.unmarked AS unmarked, known.rebuilding AS rebuilding, hashtextextended(coalesce(CAST(known.roots AS TEXT), ''), known.changes * 2 + CAST(known.rebuilding AS INTEGER)) & 9223372036854775807 AS version, known.roots AS roots, known.signature AS signature
FROM (SELECT CAST(coalesce(sum(counts.present) FILTER (WHERE NOT counts.marked), 0) AS BIGINT) AS total, true AS exact, coalesce(bit_xor(counts.signature) FILTER (WHERE NOT counts.marked), 0) AS signature, CAST(coalesce(sum(counts.present) FILTER (WHERE NOT counts.marked), 0) AS BIGINT) AS unmarked, EXISTS (SELECT FROM scans JOIN libraries ON libraries.id = scans.library_id
                WHERE libraries.scanned_at IS NULL AND scans.state = 'running'
                  AND scans.heartbeat_at > now() - interval '30 seconds') AS rebuilding, CAST(coalesce(sum(counts.version), 0) AS BIGINT) AS changes, (SELECT json_object_agg(libraries.id, libraries.root) AS json_object_agg_1
FROM libraries) AS roots
FROM counts) AS known),
place AS
(SELECT begun.start AS start, (begun.total - begun.start) - greatest((begun.total - begun.start) - 10, 0) AS length, greatest((begun.total - begun.start) - 10, 0) AS rest, begun.start > greatest((begun.total - begun.start) - 10, 0) AS backwards, greatest((begun.total - begun.start) - 10, 0) AS first
FROM (SELECT summary.total AS total, (least(%(page)s::BIGINT, greatest(1, ((summary.total + 10) - 1) / 10)) - 1) * 10 AS start
FROM summary) AS begun),
fence AS
(SELECT fences.ordinal AS ordinal, fences.number_key AS key, fences.file_id AS file_id
FROM fences
WHERE fences.filter = 'unmarked' AND fences.sort = 'date' AND fences.ordinal <= (SELECT place.first
FROM place) AND fences.signature = (SELECT summary.signature
FROM summary) ORDER BY fences.ordinal DESC
 LIMIT 1)
 SELECT CAST(row_to_json(summary) AS TEXT) AS summary, joined.heads, joined.fragments, joined.key, joined.id
FROM summary JOIN (SELECT string_agg(int4send(page.head), '') AS heads, string_agg(page.fragment, E'\n') AS fragments, (array_agg(page.key))[count(*)] AS key, (array_agg(page.id))[count(*)] AS id
FROM (SELECT files.library_id * 4 + CAST(files.marked AS INTEGER) + CAST(files.duplicate AS INTEGER) * 2 AS head, files.fragment AS fragment, CAST(files.mtime_ns AS TEXT) AS key, files.id AS id
FROM files
WHERE files.id = any(array((SELECT anon_1.id
FROM (SELECT files.id AS id
FROM files
WHERE files.missing_since IS NULL AND NOT files.marked AND (files.mtime_ns, files.id) >= ((SELECT fence.key
FROM fence), (SELECT fence.file_id
FROM fence)) ORDER BY files.mtime_ns, files.id
 LIMIT (SELECT place.length
FROM place) OFFSET (SELECT place.first - fence.ordinal AS anon_2
FROM place, fence)) AS anon_1 UNION ALL SELECT anon_3.id
FROM (SELECT files.id AS id
FROM files
WHERE files.missing_since IS NULL AND NOT files.marked AND NOT (EXISTS (SELECT fence.ordinal
FROM fence)) AND NOT (SELECT place.backwards
FROM place) ORDER BY files.mtime_ns DESC, files.id DESC
 LIMIT (SELECT place.length
FROM place) OFFSET (SELECT place.start
FROM place)) AS anon_3 UNION ALL SELECT anon_4.id
FROM (SELECT files.id AS id
FROM files
WHERE files.missing_since IS NULL AND NOT files.marked AND NOT (EXISTS (SELECT fence.ordinal
FROM fence)) AND (SELECT place.backwards
FROM place) ORDER BY files.mtime_ns, files.id
 LIMIT (SELECT place.length
FROM place) OFFSET (SELECT place.rest
FROM place)) AS anon_4))) ORDER BY files.mtime_ns DESC, files.id DESC) AS page) AS joined ON true;

-- Nested Loop
--   CTE summary
--     ->  Subquery Scan on known
--           ->  Aggregate
--                 InitPlan 1
--                   ->  Nested Loop
--                         Join Filter: (libraries.id = scans.library_id)
--                         ->  Index Scan using scans_running_idx on scans
--                               Filter: (heartbeat_at > (now() - '00:00:30'::interval))
--                         ->  Index Scan using libraries_pkey on libraries
--                               Filter: (scanned_at IS NULL)
--                 InitPlan 2
--                   ->  Aggregate
--                         ->  Seq Scan on libraries libraries_1
--                               Disabled: true
--                 ->  Seq Scan on counts
--                       Disabled: true
--   CTE place
--     ->  CTE Scan on summary summary_1
--   CTE fence
--     ->  Limit
--           InitPlan 5
--             ->  CTE Scan on place
--           InitPlan 6
--             ->  CTE Scan on summary summary_2
--           ->  Index Scan Backward using fences_pkey on fences
--                 Index Cond: ((filter = 'unmarked'::text) AND (sort = 'date'::text) AND (ordinal <= (InitPlan 5).col1))
--                 Filter: (signature = (InitPlan 6).col1)
--   ->  CTE Scan on summary
--   ->  Aggregate
--         ->  Sort
--               Disabled: true
--               Sort Key: files.mtime_ns DESC, files.id DESC
--               InitPlan 20
--                 ->  Append
--                       ->  Subquery Scan on anon_1
--                             ->  Limit
--                                   InitPlan 8
--                                     ->  CTE Scan on fence
--                                   InitPlan 9
--                                     ->  CTE Scan on fence fence_1
--                                   InitPlan 10
--                                     ->  Nested Loop
--                                           ->  CTE Scan on place place_1
--                                           ->  CTE Scan on fence fence_2
--                                   InitPlan 11
--                                     ->  CTE Scan on place place_2
--                                   ->  Index Only Scan using files_marked_date_idx on files files_1
--                                         Index Cond: ((marked = false) AND (ROW(mtime_ns, id) >= ROW((InitPlan 8).col1, (InitPlan 9).col1)))
--                       ->  Subquery Scan on anon_3
--                             ->  Limit
--                                   InitPlan 12
--                                     ->  CTE Scan on fence fence_3
--                                   InitPlan 13
--                                     ->  CTE Scan on place place_3
--                                   InitPlan 14
--                                     ->  CTE Scan on place place_4
--                                   InitPlan 15
--                                     ->  CTE Scan on place place_5
--                                   ->  Result
--                                         One-Time Filter: ((NOT (InitPlan 12).col1) AND (NOT (InitPlan 13).col1))
--                                         ->  Index Only Scan Backward using files_marked_date_idx on files files_2
--                                               Index Cond: (marked = false)
--                       ->  Subquery Scan on anon_4
--                             ->  Limit
--                                   InitPlan 16
--                                     ->  CTE Scan on fence fence_4
--                                   InitPlan 17
--                                     ->  CTE Scan on place place_6
--                                   InitPlan 18
--                                     ->  CTE Scan on place place_7
--                                   InitPlan 19
--                                     ->  CTE Scan on place place_8
--                                   ->  Result
--                                         One-Time Filter: ((NOT (InitPlan 16).col1) AND (InitPlan 17).col1)
--                                         ->  Index Only Scan using files_marked_date_idx on files files_3
--                                               Index Cond: (marked = false)
--               ->  Index Scan using files_pkey on files
--                     Index Cond: (id = ANY ((InitPlan 20).col1))

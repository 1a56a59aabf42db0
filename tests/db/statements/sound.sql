WITH summary AS
(SELECT known.total AS total, known.exact AS exact, known.unmarked AS unmarked, known.rebuilding AS rebuilding, hashtextextended(coalesce(CAST(known.roots AS TEXT), ''), known.changes * 2 + CAST(known.rebuilding AS INTEGER)) & 9223372036854775807 AS version, known.roots AS roots
FROM (SELECT CAST(coalesce(sum(counts.present - counts.faulty) FILTER (WHERE true), 0) AS BIGINT) AS total, true AS exact, CAST(coalesce(sum(counts.present) FILTER (WHERE NOT counts.marked), 0) AS BIGINT) AS unmarked, EXISTS (SELECT FROM scans JOIN libraries ON libraries.id = scans.library_id
                WHERE libraries.scanned_at IS NULL AND scans.state = 'running'
                  AND scans.heartbeat_at > now() - interval '30 seconds') AS rebuilding, CAST(coalesce(sum(counts.version), 0) AS BIGINT) AS changes, (SELECT json_object_agg(libraries.id, libraries.root) AS json_object_agg_1
FROM libraries) AS roots
FROM counts) AS known)
 SELECT CAST(row_to_json(summary) AS TEXT) AS summary, joined.heads, joined.fragments, joined.key, joined.id
FROM summary JOIN (SELECT string_agg(int4send(page.head), '') AS heads, string_agg(page.fragment, E'\n') AS fragments, (array_agg(page.key))[count(*)] AS key, (array_agg(page.id))[count(*)] AS id
FROM (SELECT files.library_id * 4 + CAST(files.marked AS INTEGER) + CAST(files.duplicate AS INTEGER) * 2 AS head, files.fragment AS fragment, CAST(files.sort_key AS TEXT) AS key, files.id AS id
FROM files
WHERE files.fault IS NULL AND files.missing_since IS NULL ORDER BY files.sort_key, files.id
 LIMIT 100) AS page) AS joined ON true;

-- Nested Loop
--   ->  Aggregate
--         InitPlan 1
--           ->  Nested Loop
--                 Join Filter: (libraries.id = scans.library_id)
--                 ->  Index Scan using scans_running_idx on scans
--                       Filter: (heartbeat_at > (now() - '00:00:30'::interval))
--                 ->  Index Scan using libraries_pkey on libraries
--                       Filter: (scanned_at IS NULL)
--         InitPlan 2
--           ->  Aggregate
--                 ->  Seq Scan on libraries libraries_1
--                       Disabled: true
--         ->  Seq Scan on counts
--               Disabled: true
--   ->  Aggregate
--         ->  Limit
--               ->  Index Scan using files_name_idx on files
--                     Filter: (fault IS NULL)

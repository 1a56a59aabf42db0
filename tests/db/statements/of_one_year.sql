WITH summary AS
(SELECT known.total AS total, known.exact AS exact, known.unmarked AS unmarked, known.rebuilding AS rebuilding, hashtextextended(coalesce(CAST(known.roots AS TEXT), ''), known.changes * 2 + CAST(known.rebuilding AS INTEGER)) & 9223372036854775807 AS version, known.roots AS roots
FROM (SELECT (SELECT CAST(coalesce(sum(tallies.present), 0) AS BIGINT) AS coalesce_1
FROM tallies
WHERE tallies.facet = 'year' AND tallies.parent = '' AND tallies.value = CAST(%(year)s::SMALLINT AS TEXT)) AS total, true AS exact, CAST(coalesce(sum(counts.present) FILTER (WHERE NOT counts.marked), 0) AS BIGINT) AS unmarked, EXISTS (SELECT FROM scans JOIN libraries ON libraries.id = scans.library_id
                WHERE libraries.scanned_at IS NULL AND scans.state = 'running'
                  AND scans.heartbeat_at > now() - interval '30 seconds') AS rebuilding, CAST(coalesce(sum(counts.version), 0) AS BIGINT) AS changes, (SELECT json_object_agg(libraries.id, libraries.root) AS json_object_agg_1
FROM libraries) AS roots
FROM counts) AS known)
 SELECT CAST(row_to_json(summary) AS TEXT) AS summary, joined.heads, joined.fragments, joined.key, joined.id
FROM summary JOIN (SELECT string_agg(int4send(page.head), '') AS heads, string_agg(page.fragment, E'\n') AS fragments, (array_agg(page.key))[count(*)] AS key, (array_agg(page.id))[count(*)] AS id
FROM (SELECT files.library_id * 4 + CAST(files.marked AS INTEGER) + CAST(files.duplicate AS INTEGER) * 2 AS head, files.fragment AS fragment, CAST(files.sort_key AS TEXT) AS key, files.id AS id
FROM files JOIN file_search ON files.id = file_search.file_id
WHERE file_search.year = %(year)s::SMALLINT AND NOT file_search.missing AND files.missing_since IS NULL ORDER BY file_search.sort_key, file_search.file_id
 LIMIT 100) AS page) AS joined ON true;

-- Nested Loop
--   ->  Aggregate
--         InitPlan 1
--           ->  Aggregate
--                 ->  Index Scan using tallies_pkey on tallies
--                       Index Cond: ((facet = 'year'::text) AND (parent = ''::text) AND (value = '2012'::text))
--         InitPlan 2
--           ->  Nested Loop
--                 Join Filter: (libraries.id = scans.library_id)
--                 ->  Index Scan using scans_running_idx on scans
--                       Filter: (heartbeat_at > (now() - '00:00:30'::interval))
--                 ->  Index Scan using libraries_pkey on libraries
--                       Filter: (scanned_at IS NULL)
--         InitPlan 3
--           ->  Aggregate
--                 ->  Seq Scan on libraries libraries_1
--                       Disabled: true
--         ->  Seq Scan on counts
--               Disabled: true
--   ->  Aggregate
--         ->  Limit
--               ->  Nested Loop
--                     ->  Index Only Scan using file_search_year_idx on file_search
--                           Index Cond: (year = '2012'::smallint)
--                     ->  Index Scan using files_pkey on files
--                           Index Cond: (id = file_search.file_id)
--                           Filter: (missing_since IS NULL)

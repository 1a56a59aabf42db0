SELECT anon_1.facet, anon_1.value, anon_1.number
FROM (SELECT 'series' AS facet, tallies.value AS value, CAST(coalesce(sum(tallies.present - tallies.marked), 0) AS BIGINT) AS number
FROM tallies
WHERE tallies.facet = 'series' AND tallies.parent = '' GROUP BY value
HAVING CAST(coalesce(sum(tallies.present - tallies.marked), 0) AS BIGINT) > 0 ORDER BY number DESC, value
 LIMIT %(limit)s::BIGINT) AS anon_1 UNION ALL SELECT anon_2.facet, anon_2.value, anon_2.number
FROM (SELECT 'publisher' AS facet, tallies.value AS value, CAST(coalesce(sum(tallies.present - tallies.marked), 0) AS BIGINT) AS number
FROM tallies
WHERE tallies.facet = 'publisher' AND tallies.parent = '' GROUP BY value
HAVING CAST(coalesce(sum(tallies.present - tallies.marked), 0) AS BIGINT) > 0 ORDER BY number DESC, value
 LIMIT %(limit)s::BIGINT) AS anon_2 UNION ALL SELECT anon_3.facet, anon_3.value, anon_3.number
FROM (SELECT 'year' AS facet, tallies.value AS value, CAST(coalesce(sum(tallies.present - tallies.marked), 0) AS BIGINT) AS number
FROM tallies
WHERE tallies.facet = 'year' AND tallies.parent = '' GROUP BY value
HAVING CAST(coalesce(sum(tallies.present - tallies.marked), 0) AS BIGINT) > 0 ORDER BY number DESC, value
 LIMIT %(limit)s::BIGINT) AS anon_3 UNION ALL SELECT anon_4.facet, anon_4.value, anon_4.number
FROM (SELECT 'format' AS facet, tallies.value AS value, CAST(coalesce(sum(tallies.present - tallies.marked), 0) AS BIGINT) AS number
FROM tallies
WHERE tallies.facet = 'format' AND tallies.parent = '' GROUP BY value
HAVING CAST(coalesce(sum(tallies.present - tallies.marked), 0) AS BIGINT) > 0 ORDER BY number DESC, value
 LIMIT %(limit)s::BIGINT) AS anon_4 UNION ALL SELECT anon_5.facet, anon_5.value, anon_5.number
FROM (SELECT 'folder' AS facet, tallies.value AS value, CAST(coalesce(sum(tallies.present - tallies.marked), 0) AS BIGINT) AS number
FROM tallies
WHERE tallies.facet = 'folder' AND tallies.parent = '' GROUP BY value
HAVING CAST(coalesce(sum(tallies.present - tallies.marked), 0) AS BIGINT) > 0 ORDER BY number DESC, value
 LIMIT %(limit)s::BIGINT) AS anon_5 UNION ALL SELECT 'fault', 'true', CAST(coalesce(sum(counts.faulty) FILTER (WHERE NOT counts.marked), 0) AS BIGINT) AS number
FROM counts
HAVING CAST(coalesce(sum(counts.faulty) FILTER (WHERE NOT counts.marked), 0) AS BIGINT) > 0 UNION ALL SELECT 'fault', 'false', CAST(coalesce(sum(counts.present - counts.faulty) FILTER (WHERE NOT counts.marked), 0) AS BIGINT) AS number
FROM counts
HAVING CAST(coalesce(sum(counts.present - counts.faulty) FILTER (WHERE NOT counts.marked), 0) AS BIGINT) > 0 UNION ALL SELECT CAST(NULL AS TEXT) AS anon_6, 'true', CAST(coalesce(sum(counts.present) FILTER (WHERE NOT counts.marked), 0) AS BIGINT) AS coalesce_1
FROM counts;

-- Append
--   ->  Limit
--         ->  Sort
--               Disabled: true
--               Sort Key: ((COALESCE(sum((tallies.present - tallies.marked)), '0'::numeric))::bigint) DESC, tallies.value COLLATE "C"
--               ->  GroupAggregate
--                     Group Key: tallies.value
--                     Filter: ((COALESCE(sum((tallies.present - tallies.marked)), '0'::numeric))::bigint > 0)
--                     ->  Index Scan using tallies_pkey on tallies
--                           Index Cond: ((facet = 'series'::text) AND (parent = ''::text))
--   ->  Limit
--         ->  Sort
--               Disabled: true
--               Sort Key: ((COALESCE(sum((tallies_1.present - tallies_1.marked)), '0'::numeric))::bigint) DESC, tallies_1.value COLLATE "C"
--               ->  GroupAggregate
--                     Group Key: tallies_1.value
--                     Filter: ((COALESCE(sum((tallies_1.present - tallies_1.marked)), '0'::numeric))::bigint > 0)
--                     ->  Index Scan using tallies_pkey on tallies tallies_1
--                           Index Cond: ((facet = 'publisher'::text) AND (parent = ''::text))
--   ->  Limit
--         ->  Sort
--               Disabled: true
--               Sort Key: ((COALESCE(sum((tallies_2.present - tallies_2.marked)), '0'::numeric))::bigint) DESC, tallies_2.value COLLATE "C"
--               ->  GroupAggregate
--                     Group Key: tallies_2.value
--                     Filter: ((COALESCE(sum((tallies_2.present - tallies_2.marked)), '0'::numeric))::bigint > 0)
--                     ->  Index Scan using tallies_pkey on tallies tallies_2
--                           Index Cond: ((facet = 'year'::text) AND (parent = ''::text))
--   ->  Limit
--         ->  Sort
--               Disabled: true
--               Sort Key: ((COALESCE(sum((tallies_3.present - tallies_3.marked)), '0'::numeric))::bigint) DESC, tallies_3.value COLLATE "C"
--               ->  GroupAggregate
--                     Group Key: tallies_3.value
--                     Filter: ((COALESCE(sum((tallies_3.present - tallies_3.marked)), '0'::numeric))::bigint > 0)
--                     ->  Index Scan using tallies_pkey on tallies tallies_3
--                           Index Cond: ((facet = 'format'::text) AND (parent = ''::text))
--   ->  Limit
--         ->  Sort
--               Disabled: true
--               Sort Key: ((COALESCE(sum((tallies_4.present - tallies_4.marked)), '0'::numeric))::bigint) DESC, tallies_4.value COLLATE "C"
--               ->  GroupAggregate
--                     Group Key: tallies_4.value
--                     Filter: ((COALESCE(sum((tallies_4.present - tallies_4.marked)), '0'::numeric))::bigint > 0)
--                     ->  Index Scan using tallies_pkey on tallies tallies_4
--                           Index Cond: ((facet = 'folder'::text) AND (parent = ''::text))
--   ->  Aggregate
--         Filter: ((COALESCE(sum(counts.faulty) FILTER (WHERE (NOT counts.marked)), '0'::numeric))::bigint > 0)
--         ->  Seq Scan on counts
--               Disabled: true
--   ->  Aggregate
--         Filter: ((COALESCE(sum((counts_1.present - counts_1.faulty)) FILTER (WHERE (NOT counts_1.marked)), '0'::numeric))::bigint > 0)
--         ->  Seq Scan on counts counts_1
--               Disabled: true
--   ->  Aggregate
--         ->  Seq Scan on counts counts_2
--               Disabled: true

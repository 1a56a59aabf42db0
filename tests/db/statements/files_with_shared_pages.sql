SELECT mine.file_id, coalesce(CAST(t.key AS int), other.file_id)
      FROM likenesses AS mine
     CROSS JOIN LATERAL (
           SELECT DISTINCT found.file_id FROM unnest(mine.page_lows) AS low
            CROSS JOIN LATERAL (
                  SELECT file_id FROM likenesses
                   WHERE page_lows @> ARRAY[low] AND file_id <> mine.file_id LIMIT :crowd) AS found
           ) AS near
      JOIN likenesses AS other ON other.file_id = near.file_id
      LEFT JOIN twins AS t ON t.file_id = other.file_id AND t.kind = 'overlap'
     CROSS JOIN LATERAL (
           SELECT count(*) AS shared FROM (
               SELECT unnest(mine.page_crcs) INTERSECT ALL SELECT unnest(other.page_crcs)) AS b
           ) AS both_have
     WHERE mine.file_id = ANY(:ids)
       AND shared >= :share * (cardinality(mine.page_crcs) + cardinality(other.page_crcs) - shared);

-- Nested Loop Left Join
--   ->  Nested Loop
--         ->  Nested Loop
--               ->  Nested Loop
--                     ->  Index Scan using likenesses_pkey on likenesses mine
--                           Index Cond: (file_id = ANY ('{1,2}'::smallint[]))
--                     ->  Unique
--                           ->  Sort
--                                 Sort Key: likenesses.file_id
--                                 ->  Nested Loop
--                                       ->  Function Scan on unnest low
--                                       ->  Limit
--                                             ->  Bitmap Heap Scan on likenesses
--                                                   Recheck Cond: (page_lows @> ARRAY[low.low])
--                                                   Filter: (file_id <> mine.file_id)
--                                                   ->  Bitmap Index Scan on likenesses_page_lows_idx
--                                                         Index Cond: (page_lows @> ARRAY[low.low])
--               ->  Memoize
--                     Cache Key: likenesses.file_id
--                     Cache Mode: logical
--                     ->  Index Scan using likenesses_pkey on likenesses other
--                           Index Cond: (file_id = likenesses.file_id)
--         ->  Subquery Scan on both_have
--               Filter: ((both_have.shared)::double precision >= ('0.5'::double precision * (((cardinality(mine.page_crcs) + cardinality(other.page_crcs)) - both_have.shared))::double precision))
--               ->  Aggregate
--                     ->  HashSetOp Intersect All
--                           ->  ProjectSet
--                                 ->  Result
--                           ->  ProjectSet
--                                 ->  Result
--   ->  Index Scan using twins_file_id_idx on twins t
--         Index Cond: ((file_id = other.file_id) AND (kind = 'overlap'::text))

WITH found AS MATERIALIZED (
    SELECT 'pages' AS kind, encode(mine.fingerprint, 'hex') AS key, shared.file_id AS id
      FROM file_tags AS mine
     CROSS JOIN LATERAL (
           (SELECT file_id FROM file_tags AS other
             WHERE other.fingerprint = mine.fingerprint AND other.file_id <> ALL(:ids) LIMIT 1)
           UNION ALL
           SELECT mine.file_id
            WHERE EXISTS (SELECT FROM file_tags AS other
                           WHERE other.fingerprint = mine.fingerprint AND other.file_id <> mine.file_id)
           ) AS shared
     WHERE mine.file_id = ANY(:ids)
 UNION ALL
    SELECT 'issue' AS kind, mine.issue_key AS key, shared.file_id AS id
      FROM likenesses AS mine
     CROSS JOIN LATERAL (
           (SELECT file_id FROM likenesses AS other
             WHERE other.issue_key = mine.issue_key AND other.file_id <> ALL(:ids) LIMIT 1)
           UNION ALL
           SELECT mine.file_id
            WHERE EXISTS (SELECT FROM likenesses AS other
                           WHERE other.issue_key = mine.issue_key AND other.file_id <> mine.file_id)
           ) AS shared
     WHERE mine.file_id = ANY(:ids)
)
    INSERT INTO twins (kind, key, file_id)
    SELECT kind, key, id FROM found JOIN files AS f USING (id) ORDER BY id FOR KEY SHARE OF f
    ON CONFLICT DO NOTHING;

-- Insert on twins
--   Conflict Resolution: NOTHING
--   CTE found
--     ->  Append
--           ->  Nested Loop
--                 ->  Index Scan using file_tags_pkey on file_tags mine
--                       Index Cond: (file_id = ANY ('{1,2}'::smallint[]))
--                 ->  Append
--                       ->  Limit
--                             ->  Index Scan using file_tags_fingerprint_idx on file_tags other_2
--                                   Index Cond: (fingerprint = mine.fingerprint)
--                                   Filter: (file_id <> ALL ('{1,2}'::smallint[]))
--                       ->  Result
--                             One-Time Filter: (InitPlan 1).col1
--                             InitPlan 1
--                               ->  Index Scan using file_tags_fingerprint_idx on file_tags other
--                                     Index Cond: (fingerprint = mine.fingerprint)
--                                     Filter: (file_id <> mine.file_id)
--           ->  Nested Loop
--                 ->  Index Scan using likenesses_pkey on likenesses mine_1
--                       Index Cond: (file_id = ANY ('{1,2}'::smallint[]))
--                 ->  Append
--                       ->  Limit
--                             ->  Index Scan using likenesses_issue_key_idx on likenesses other_3
--                                   Index Cond: (issue_key = mine_1.issue_key)
--                                   Filter: (file_id <> ALL ('{1,2}'::smallint[]))
--                       ->  Result
--                             One-Time Filter: (InitPlan 2).col1
--                             InitPlan 2
--                               ->  Index Scan using likenesses_issue_key_idx on likenesses other_1
--                                     Index Cond: (issue_key = mine_1.issue_key)
--                                     Filter: (file_id <> mine_1.file_id)
--   ->  Subquery Scan on "*SELECT*"
--         ->  LockRows
--               ->  Sort
--                     Sort Key: found.id
--                     ->  Nested Loop
--                           ->  CTE Scan on found
--                           ->  Index Scan using files_pkey on files f
--                                 Index Cond: (id = found.id)

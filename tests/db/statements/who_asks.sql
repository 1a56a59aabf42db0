SELECT row_to_json(one) FROM (
    SELECT u.id AS "user", u.name, u.role, u.libraries,
           s.seen_at < now() - interval '5 minutes' AS unseen
      FROM sessions AS s JOIN users AS u ON u.id = s.user_id
     WHERE s.key = %(session)s AND s.expires_at > now() AND u.disabled_at IS NULL
    UNION ALL
    SELECT u.id, u.name,
           CASE WHEN 'viewer' IN (t.role, u.role) THEN 'viewer'
                WHEN 'editor' IN (t.role, u.role) THEN 'editor' ELSE 'admin' END,
           u.libraries, coalesce(t.used_at < now() - interval '5 minutes', true)
      FROM tokens AS t JOIN users AS u ON u.id = t.user_id
     WHERE t.key = %(token)s AND (t.expires_at > now()) IS NOT FALSE AND u.disabled_at IS NULL
    UNION ALL
    SELECT id, name, role, libraries, false FROM users
     WHERE name_key = %(name_key)s AND name_key <> '' AND disabled_at IS NULL
    UNION ALL
    SELECT NULL, '', 'admin', NULL, false WHERE %(anonymous)s AND NOT EXISTS (SELECT FROM users)
) AS one;

-- Result
--   ->  Append
--         ->  Subquery Scan on "*SELECT* 1"
--               ->  Nested Loop
--                     ->  Index Scan using sessions_pkey on sessions s
--                           Index Cond: (key = '\x31'::bytea)
--                           Filter: (expires_at > now())
--                     ->  Index Scan using users_pkey on users u
--                           Index Cond: (id = s.user_id)
--                           Filter: (disabled_at IS NULL)
--         ->  Subquery Scan on "*SELECT* 2"
--               ->  Nested Loop
--                     ->  Index Scan using tokens_key_key on tokens t
--                           Index Cond: (key = '\x32'::bytea)
--                           Filter: ((expires_at > now()) IS NOT FALSE)
--                     ->  Index Scan using users_pkey on users u_1
--                           Index Cond: (id = t.user_id)
--                           Filter: (disabled_at IS NULL)
--         ->  Subquery Scan on "*SELECT* 3"
--               ->  Index Scan using users_name_key_key on users
--                     Index Cond: (name_key = '3'::text)
--                     Filter: (disabled_at IS NULL)
--         ->  Subquery Scan on "*SELECT* 4"
--               ->  Result
--                     One-Time Filter: false

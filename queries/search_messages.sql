-- name: SearchInsert :exec
-- Some may be there: what was committed between two looks is looked at by both.
INSERT INTO search_messages (company_id, created_at, message_id, session_id, pairs)
SELECT k.company_id, k.created_at, k.message_id, k.session_id, string_to_array(k.pairs, ' ')
FROM (SELECT unnest(@company_ids::uuid[]) AS company_id, unnest(@created_ats::timestamptz[]) AS created_at, unnest(@message_ids::uuid[]) AS message_id,
        unnest(@session_ids::uuid[]) AS session_id, unnest(@pairs::text[]) AS pairs) k
ON CONFLICT DO NOTHING;

-- name: SearchForget :exec
-- Of who is forgotten nothing is found any more.
DELETE FROM search_messages x USING messages m
WHERE m.company_id = @company_id AND m.appid = @appid AND m.openid = @openid
  AND x.company_id = m.company_id AND x.created_at = m.created_at AND x.message_id = m.message_id;

-- name: SearchSessions :many
-- Those of these sessions that the filters leave, with what decides whether @viewer may see one that is over (0: they may see all): whether they
-- were a guest, and whether they serve the customer now.
SELECT sqlc.embed(s), c.remark,
    (@viewer::bigint <> 0 AND EXISTS (SELECT FROM participants p WHERE p.company_id = @company_id AND p.session_id = s.session_id AND p.uid = @viewer::bigint))::boolean AS was_guest,
    (@viewer::bigint <> 0 AND EXISTS (SELECT FROM sessions n WHERE n.company_id = @company_id AND n.appid = s.appid AND n.openid = s.openid AND n.state >= 0
        AND (n.uid = @viewer::bigint OR @viewer::bigint = ANY(n.guests))))::boolean AS serves
FROM sessions s JOIN customers c ON c.company_id = s.company_id AND c.appid = s.appid AND c.openid = s.openid
WHERE s.company_id = @company_id AND s.session_id = ANY(@session_ids::uuid[])
  AND (sqlc.narg(uid)::bigint IS NULL OR s.uid = sqlc.narg(uid)::bigint)
  AND (sqlc.narg(group_id)::bigint IS NULL OR s.group_id = sqlc.narg(group_id)::bigint)
  AND (sqlc.narg(appid)::text IS NULL OR s.appid = sqlc.narg(appid)::text)
  AND (sqlc.narg(tag)::text IS NULL OR sqlc.narg(tag)::text = ANY(c.tags))
  AND (cardinality(@states::smallint[]) = 0 OR s.state = ANY(@states::smallint[]));

-- name: SearchSessionIDs :many
-- Sessions by the beginning of their number, newest first.
SELECT session_id FROM sessions WHERE company_id = @company_id AND session_id BETWEEN @first AND @last ORDER BY session_id DESC LIMIT @max;

-- name: SearchCustomers :many
-- Customers by what colleagues call them or by a tag, by their openid, or (@ending, where it is not empty) by the end of it, under which the nameless
-- are shown: for that the keys of all of the company's customers are read. Who wrote last comes first.
SELECT c.appid, c.openid, c.remark, c.tags, c.heard_at FROM customers c
JOIN (
    SELECT n.appid, n.openid FROM customers n WHERE n.company_id = @company_id AND (n.remark <> '' OR n.tags <> '{}')
        AND (strpos(lower(normalize(n.remark, NFKC)), @term::text) > 0 OR EXISTS (SELECT FROM unnest(n.tags) t WHERE strpos(lower(normalize(t, NFKC)), @term::text) > 0))
    UNION SELECT o.appid, o.openid FROM customers o WHERE o.company_id = @company_id AND o.appid = ANY(@appids::text[]) AND o.openid = @openid
    UNION SELECT e.appid, e.openid FROM customers e WHERE e.company_id = @company_id AND @ending::text <> '' AND right(e.openid, 4) = @ending::text
) k ON k.appid = c.appid AND k.openid = c.openid
WHERE c.company_id = @company_id AND c.appid = ANY(@appids::text[]) AND (sqlc.narg(tag)::text IS NULL OR sqlc.narg(tag)::text = ANY(c.tags))
ORDER BY c.heard_at DESC, c.appid, c.openid LIMIT @max;

-- name: SearchSessionsOfCustomers :many
-- The last few sessions of each of these customers.
SELECT n.session_id FROM (SELECT unnest(@appids::text[]) AS appid, unnest(@openids::text[]) AS openid) k
CROSS JOIN LATERAL (SELECT s.session_id FROM sessions s WHERE s.company_id = @company_id AND s.appid = k.appid AND s.openid = k.openid
    ORDER BY s.session_id DESC LIMIT @each) n;

-- name: SearchTexts :many
-- What these messages say, each looked up by itself; words are all that can be searched in them. A message that is not there any more is left out.
SELECT k.place::integer AS place, m.seq, m.uid, m.opercode, m.message_type, m.text, m.data, m.rule_id,
    concat_ws(E'\n', m.text, m.data->>'title', m.data->>'description', m.data->>'label', m.data->>'recognition')::text AS words
FROM (SELECT unnest(@places::integer[]) AS place, unnest(@company_ids::uuid[]) AS company_id, unnest(@message_ids::uuid[]) AS message_id, unnest(@created_ats::timestamptz[]) AS created_at) k
CROSS JOIN LATERAL (SELECT x.* FROM messages x WHERE x.company_id = k.company_id AND x.message_id = k.message_id AND x.created_at = k.created_at LIMIT 1 OFFSET 0) m;

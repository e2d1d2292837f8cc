-- name: CustomersHear :many
-- Locks the customers of a group of callbacks, in one order for everybody, and keeps what hearing from them allows us to send: a window
-- for messages and one for events. A window is opened by the time WeChat gave the act, and of acts in one second by the key, so a
-- repeat opens nothing. The epoch is for never: a time.Time cannot hold -infinity.
INSERT INTO customers AS c (company_id, appid, openid, first_at, heard_at, subscribed, source, quota_allowed, quota_opened_at, quota_until, quota_key,
    event_allowed, event_opened_at, event_until, event_key)
SELECT k.company_id, k.appid, k.openid, k.at, k.at, CASE k.follow WHEN 1 THEN true WHEN -1 THEN false END, k.source,
    k.allowed, CASE WHEN k.key = '' THEN 'epoch' ELSE k.opened END, CASE WHEN k.key = '' THEN 'epoch' ELSE k.until END, k.key,
    k.event_allowed, CASE WHEN k.event_key = '' THEN 'epoch' ELSE k.event_opened END, CASE WHEN k.event_key = '' THEN 'epoch' ELSE k.event_until END, k.event_key
FROM (SELECT unnest(@company_ids::uuid[]) AS company_id, unnest(@appids::text[]) AS appid, unnest(@openids::text[]) AS openid,
        unnest(@ats::timestamptz[]) AS at, unnest(@follows::smallint[]) AS follow, unnest(@sources::text[]) AS source,
        unnest(@alloweds::smallint[]) AS allowed, unnest(@openeds::timestamptz[]) AS opened, unnest(@untils::timestamptz[]) AS until, unnest(@keys::text[]) AS key,
        unnest(@event_alloweds::smallint[]) AS event_allowed, unnest(@event_openeds::timestamptz[]) AS event_opened,
        unnest(@event_untils::timestamptz[]) AS event_until, unnest(@event_keys::text[]) AS event_key) k
ORDER BY 1, 2, 3
ON CONFLICT (company_id, appid, openid) DO UPDATE SET
    heard_at = GREATEST(c.heard_at, excluded.heard_at),
    subscribed = COALESCE(excluded.subscribed, c.subscribed),
    source = CASE WHEN c.source = '' THEN excluded.source ELSE c.source END,
    quota_allowed = CASE WHEN (excluded.quota_opened_at, excluded.quota_key) > (c.quota_opened_at, c.quota_key) THEN excluded.quota_allowed ELSE c.quota_allowed END,
    quota_used = CASE WHEN (excluded.quota_opened_at, excluded.quota_key) > (c.quota_opened_at, c.quota_key) THEN 0 ELSE c.quota_used END,
    quota_until = CASE WHEN (excluded.quota_opened_at, excluded.quota_key) > (c.quota_opened_at, c.quota_key) THEN excluded.quota_until ELSE c.quota_until END,
    quota_key = CASE WHEN (excluded.quota_opened_at, excluded.quota_key) > (c.quota_opened_at, c.quota_key) THEN excluded.quota_key ELSE c.quota_key END,
    quota_opened_at = CASE WHEN (excluded.quota_opened_at, excluded.quota_key) > (c.quota_opened_at, c.quota_key) THEN excluded.quota_opened_at ELSE c.quota_opened_at END,
    event_allowed = CASE WHEN (excluded.event_opened_at, excluded.event_key) > (c.event_opened_at, c.event_key) THEN excluded.event_allowed ELSE c.event_allowed END,
    event_used = CASE WHEN (excluded.event_opened_at, excluded.event_key) > (c.event_opened_at, c.event_key) THEN 0 ELSE c.event_used END,
    event_until = CASE WHEN (excluded.event_opened_at, excluded.event_key) > (c.event_opened_at, c.event_key) THEN excluded.event_until ELSE c.event_until END,
    event_key = CASE WHEN (excluded.event_opened_at, excluded.event_key) > (c.event_opened_at, c.event_key) THEN excluded.event_key ELSE c.event_key END,
    event_opened_at = CASE WHEN (excluded.event_opened_at, excluded.event_key) > (c.event_opened_at, c.event_key) THEN excluded.event_opened_at ELSE c.event_opened_at END
RETURNING company_id, appid, openid, exclusive_uid, remark, quota_allowed, quota_used, quota_until, held,
    COALESCE((SELECT a.presence FROM agents a WHERE a.company_id = c.company_id AND a.uid = c.exclusive_uid), '')::text AS exclusive_presence;

-- name: CustomerGet :one
SELECT * FROM customers WHERE company_id = @company_id AND appid = @appid AND openid = @openid;

-- name: CustomerLock :one
SELECT * FROM customers WHERE company_id = @company_id AND appid = @appid AND openid = @openid FOR UPDATE;

-- name: CustomerLockOfSession :one
-- The customer row guards the session: whoever changes a session takes this first.
SELECT c.* FROM customers c
WHERE c.company_id = @company_id
  AND (c.appid, c.openid) = (SELECT s.appid, s.openid FROM sessions s WHERE s.company_id = @company_id AND s.session_id = @session_id)
FOR UPDATE;

-- name: CustomersLockFree :many
-- Those of these customers whom nobody else is changing just now.
SELECT c.company_id, c.appid, c.openid, c.exclusive_uid FROM customers c
JOIN (SELECT unnest(@appids::text[]) AS appid, unnest(@openids::text[]) AS openid) k ON c.appid = k.appid AND c.openid = k.openid
WHERE c.company_id = @company_id
ORDER BY c.company_id, c.appid, c.openid
FOR UPDATE OF c SKIP LOCKED;

-- name: CustomerExclusiveSet :exec
UPDATE customers SET exclusive_uid = @uid, exclusive_since = @at::timestamptz
WHERE company_id = @company_id AND appid = @appid AND openid = @openid;

-- name: CustomersDue :many
-- Those of whom it is time to ask whether their exclusive agent still answers; whom somebody else changes just now is asked later.
SELECT * FROM customers WHERE company_id = @company_id AND reclaim_at <= @now::timestamptz ORDER BY reclaim_at LIMIT @max FOR UPDATE SKIP LOCKED;

-- name: CustomerReclaimAt :exec
UPDATE customers SET reclaim_at = @reclaim_at::timestamptz WHERE company_id = @company_id AND appid = @appid AND openid = @openid;

-- name: CustomersRetime :many
-- The company reclaims after another time now: the next customers behind one who are somebody's own are looked at anew.
WITH batch AS (
    SELECT o.appid, o.openid FROM customers o WHERE o.company_id = @company_id AND o.reclaim_at IS NOT NULL AND (o.appid, o.openid) > (@appid::text, @openid::text)
    ORDER BY o.appid, o.openid LIMIT @max FOR NO KEY UPDATE
), anew AS (
    UPDATE customers c SET reclaim_at = @at::timestamptz FROM batch b WHERE c.company_id = @company_id AND c.appid = b.appid AND c.openid = b.openid
)
SELECT appid, openid FROM batch ORDER BY appid, openid;

-- name: CustomerRemarkSet :exec
-- What agents call them is WeChat's remark, too: it waits until WeChat has it.
UPDATE customers SET remark = @remark, remark_waits = true, push_due = @at::timestamptz, push_attempts = 0, push_code = NULL WHERE company_id = @company_id AND appid = @appid AND openid = @openid;

-- name: CustomerQuotaUse :exec
-- One message goes out (1), or surely did not (-1).
UPDATE customers SET quota_used = GREATEST(0, quota_used + @change::integer), event_used = GREATEST(0, event_used + @change::integer)
WHERE company_id = @company_id AND appid = @appid AND openid = @openid;

-- name: CustomerQuotaShut :exec
-- WeChat says there is nothing left, and WeChat is right, but for a window that was opened after it was asked.
UPDATE customers SET
    quota_used = CASE WHEN quota_opened_at <= @asked THEN GREATEST(quota_used, quota_allowed) ELSE quota_used END,
    quota_until = CASE WHEN quota_opened_at <= @asked THEN LEAST(quota_until, @until::timestamptz) ELSE quota_until END,
    event_used = CASE WHEN event_opened_at <= @asked THEN GREATEST(event_used, event_allowed) ELSE event_used END,
    event_until = CASE WHEN event_opened_at <= @asked THEN LEAST(event_until, @until::timestamptz) ELSE event_until END
WHERE company_id = @company_id AND appid = @appid AND openid = @openid;

-- name: CustomerReplied :exec
UPDATE customers SET replied_at = @at::timestamptz, unreachable_code = NULL WHERE company_id = @company_id AND appid = @appid AND openid = @openid;

-- name: CustomerHeldSet :exec
-- How many messages wait for the customer's next one. The customer is locked.
UPDATE customers c SET held = (SELECT count(*) FROM messages m WHERE m.company_id = @company_id AND m.appid = @appid AND m.openid = @openid
    AND m.delivery = 'queued' AND m.delivery_reason = 'delivery.waits')
WHERE c.company_id = @company_id AND c.appid = @appid AND c.openid = @openid;

-- name: CustomerFollowed :exec
-- They follow (again): WeChat is asked about them anew, and nothing is forgotten.
UPDATE customers SET subscribed_at = GREATEST(subscribed_at, @at::timestamptz), unsubscribed_at = NULL, anonymised_at = NULL, unreachable_code = NULL, profile_due = now(),
    qr_scene = CASE WHEN @qr_scene::text = '' THEN qr_scene ELSE @qr_scene::text END
WHERE company_id = @company_id AND appid = @appid AND openid = @openid AND (unsubscribed_at IS NULL OR unsubscribed_at <= @at::timestamptz);

-- name: CustomerLeft :exec
-- They do not follow any more: WeChat takes nothing more to them, and from now on counts how long what is known of them is kept.
UPDATE customers SET subscribed = false, unsubscribed_at = @at::timestamptz,
    quota_until = CASE WHEN quota_opened_at <= @at::timestamptz THEN LEAST(quota_until, @at::timestamptz) ELSE quota_until END,
    event_until = CASE WHEN event_opened_at <= @at::timestamptz THEN LEAST(event_until, @at::timestamptz) ELSE event_until END,
    lat = NULL, lng = NULL, accuracy = NULL, located_at = NULL
WHERE company_id = @company_id AND appid = @appid AND openid = @openid AND (subscribed_at IS NULL OR subscribed_at <= @at::timestamptz)
  AND unsubscribed_at IS DISTINCT FROM @at::timestamptz;

-- name: CustomerGone :exec
-- WeChat said so when it was asked, or refused a message: they left some time ago, and nobody told. Who followed since is not gone.
UPDATE customers SET subscribed = false, unsubscribed_at = COALESCE(unsubscribed_at, @at::timestamptz), profile_due = NULL,
    quota_until = CASE WHEN quota_opened_at <= @asked::timestamptz THEN LEAST(quota_until, @at::timestamptz) ELSE quota_until END,
    event_until = CASE WHEN event_opened_at <= @asked::timestamptz THEN LEAST(event_until, @at::timestamptz) ELSE event_until END,
    lat = NULL, lng = NULL, accuracy = NULL, located_at = NULL
WHERE company_id = @company_id AND appid = @appid AND openid = @openid AND (subscribed_at IS NULL OR subscribed_at < date_trunc('second', @asked::timestamptz));

-- name: CustomerUnreachableSet :exec
UPDATE customers SET unreachable_code = sqlc.narg(code)::integer WHERE company_id = @company_id AND appid = @appid AND openid = @openid
  AND unreachable_code IS DISTINCT FROM sqlc.narg(code)::integer;

-- name: CustomerScanned :exec
UPDATE customers SET qr_scene = @qr_scene::text WHERE company_id = @company_id AND appid = @appid AND openid = @openid AND @qr_scene::text <> '';

-- name: CustomerChannelled :exec
-- They scanned a channel's code, and have its tags from now on, as many as WeChat allows. Of whom WeChat has told nothing yet, it may know
-- tags that we do not: those are asked for first, so that the push takes none away.
UPDATE customers c SET channel_id = h.channel_id,
    tags = CASE WHEN c.tags @> h.tags THEN c.tags ELSE join_tags(c.tags, h.tags) END,
    tags_wait = c.tags_wait OR NOT c.tags @> h.tags,
    push_due = CASE WHEN NOT c.tags @> h.tags AND c.profile_at IS NOT NULL THEN @at::timestamptz ELSE c.push_due END,
    push_attempts = CASE WHEN c.tags @> h.tags THEN c.push_attempts ELSE 0 END,
    push_code = CASE WHEN c.tags @> h.tags THEN c.push_code END
FROM channels h
WHERE c.company_id = @company_id AND c.appid = @appid AND c.openid = @openid AND h.company_id = @company_id AND h.channel_id = @channel_id;

-- name: CustomerLocated :exec
-- Where they are: WeChat says it every five seconds while a chat is open, so not every time is written.
UPDATE customers SET lat = @lat::float8, lng = @lng::float8, accuracy = @accuracy::float8, located_at = @at::timestamptz
WHERE company_id = @company_id AND appid = @appid AND openid = @openid AND (located_at IS NULL OR located_at < @unless_since);

-- name: CustomerWithdrew :exec
-- They withdrew their consent: what WeChat told of them goes.
UPDATE customers SET unionid = '', subscribe_scene = '', qr_scene = '', channel_id = NULL, lat = NULL, lng = NULL, accuracy = NULL, located_at = NULL
WHERE company_id = @company_id AND appid = @appid AND openid = @openid;

-- name: CustomersToForget :many
-- Those who left long ago, of companies that forget.
SELECT c.company_id, c.appid, c.openid FROM customers c JOIN companies k ON k.company_id = c.company_id
WHERE c.company_id = ANY(@company_ids::uuid[]) AND c.unsubscribed_at IS NOT NULL AND c.anonymised_at IS NULL
  AND k.forget_after IS NOT NULL AND c.unsubscribed_at + k.forget_after * interval '1 second' < @at::timestamptz
ORDER BY c.unsubscribed_at LIMIT @max;

-- name: CustomerForget :execrows
-- What names them goes; what was counted stays. Who follows again meanwhile is not forgotten.
UPDATE customers SET remark = '', source = '', unionid = '', subscribe_scene = '', qr_scene = '', channel_id = NULL, tags = '{}', remark_waits = false, tags_wait = false, push_due = NULL,
    profile_due = NULL, lat = NULL, lng = NULL, accuracy = NULL, located_at = NULL, anonymised_at = @at::timestamptz
WHERE company_id = @company_id AND appid = @appid AND openid = @openid AND unsubscribed_at IS NOT NULL AND anonymised_at IS NULL;

-- name: CustomerTagsSet :exec
-- All of their tags were chosen. Where only some were, beside others (@beside), and WeChat has told of them nothing yet, it may know tags that we
-- do not: those are asked for first, so that the push takes none away.
UPDATE customers SET tags = @tags::text[], tags_wait = true, push_attempts = 0, push_code = NULL,
    push_due = CASE WHEN @beside::boolean AND profile_at IS NULL THEN push_due ELSE @at::timestamptz END
WHERE company_id = @company_id AND appid = @appid AND openid = @openid;

-- name: CustomersProfileClaim :many
-- Customers about whom WeChat is to be asked, those of the companies that wait longest; not of an account that was moved to another company.
-- Whoever claims them has until @again. One look into an index for each company, and as many rows as are claimed: there may be
-- hundreds of thousands who wait. OFFSET 0 has the account asked for with each row that is read; joined, all of a company's rows would be.
UPDATE customers c SET profile_due = @again::timestamptz
FROM (SELECT n.company_id, n.appid, n.openid
    FROM (SELECT o.company_id FROM unnest(@company_ids::uuid[]) AS o (company_id)
        CROSS JOIN LATERAL (SELECT x.profile_due FROM customers x WHERE x.company_id = o.company_id AND x.profile_due <= @at::timestamptz
            AND EXISTS (SELECT FROM appids i WHERE i.appid = x.appid AND i.company_id = x.company_id OFFSET 0)
            ORDER BY x.profile_due LIMIT 1) d
        ORDER BY d.profile_due LIMIT 8) w
    CROSS JOIN LATERAL (SELECT x.company_id, x.appid, x.openid FROM customers x WHERE x.company_id = w.company_id AND x.profile_due <= @at::timestamptz
        AND EXISTS (SELECT FROM appids i WHERE i.appid = x.appid AND i.company_id = x.company_id OFFSET 0)
        ORDER BY x.profile_due LIMIT @max FOR UPDATE SKIP LOCKED) n
    LIMIT @max) k
WHERE c.company_id = k.company_id AND c.appid = k.appid AND c.openid = k.openid
RETURNING c.company_id, c.appid, c.openid;

-- name: CustomerProfileKeep :one
-- What WeChat tells of a follower. What people here chose and WeChat does not have yet stays; else WeChat's is newer. The first time, a
-- remark that only we have is pushed, and so are the tags that were given before, beside WeChat's. Who unfollowed while WeChat was
-- asked is no follower: the claim ends by itself, and it is asked anew. It says whether they are called otherwise now.
UPDATE customers c SET subscribed = true, unionid = @unionid, subscribe_scene = @subscribe_scene, qr_scene = CASE WHEN @qr_scene::text = '' THEN c.qr_scene ELSE @qr_scene::text END,
    subscribed_at = @subscribed_at,
    remark = CASE WHEN c.remark_waits OR (c.profile_at IS NULL AND @remark::text = '') THEN c.remark ELSE @remark::text END,
    push_due = CASE WHEN NOT c.remark_waits AND c.profile_at IS NULL AND @remark::text = '' AND c.remark <> ''
        OR c.tags_wait AND c.profile_at IS NULL AND c.push_due IS NULL THEN @at::timestamptz ELSE c.push_due END,
    remark_waits = c.remark_waits OR (c.profile_at IS NULL AND @remark::text = '' AND c.remark <> ''),
    tags = CASE WHEN c.tags_wait AND c.profile_at IS NULL AND c.push_due IS NULL THEN join_tags(@tags::text[], c.tags) WHEN c.tags_wait THEN c.tags ELSE @tags::text[] END,
    profile_at = @at::timestamptz, profile_due = @again::timestamptz, unsubscribed_at = NULL
FROM (SELECT w.company_id, w.remark AS called FROM customers w WHERE w.company_id = @company_id AND w.appid = @appid AND w.openid = @openid FOR UPDATE) was
WHERE c.company_id = @company_id AND c.appid = @appid AND c.openid = @openid AND c.anonymised_at IS NULL
  AND (c.unsubscribed_at IS NULL OR c.unsubscribed_at < date_trunc('second', @asked::timestamptz))
RETURNING (c.remark <> was.called)::boolean AS renamed;

-- name: CustomerProfileAsk :execrows
-- Somebody looks at a customer of whom WeChat told last before @unless_since: it is asked again now.
UPDATE customers SET profile_due = @at::timestamptz
WHERE company_id = @company_id AND appid = @appid AND openid = @openid AND profile_at < @unless_since::timestamptz AND profile_due > @again::timestamptz;

-- name: CustomerProfileLater :exec
-- WeChat tells nothing now.
UPDATE customers SET profile_due = sqlc.narg(again)::timestamptz
WHERE company_id = @company_id AND appid = @appid AND openid = @openid;

-- name: CustomersPushClaim :many
-- Customers whose remark or tags WeChat does not have yet.
UPDATE customers c SET push_due = @again::timestamptz, push_attempts = c.push_attempts + 1
FROM (SELECT x.company_id, x.appid, x.openid FROM customers x WHERE x.company_id = ANY(@company_ids::uuid[]) AND x.push_due <= @at::timestamptz
    AND EXISTS (SELECT FROM appids i WHERE i.appid = x.appid AND i.company_id = x.company_id)
    ORDER BY x.push_due LIMIT @max FOR UPDATE SKIP LOCKED) k
WHERE c.company_id = k.company_id AND c.appid = k.appid AND c.openid = k.openid
RETURNING c.company_id, c.appid, c.openid, c.remark, c.remark_waits, c.tags, c.tags_wait, c.push_attempts;

-- name: CustomerPushed :exec
-- What was pushed WeChat has now: the remark, the tags, or neither (null). Of what it refused @code says why, and @again when that is tried
-- anew (null: not by itself). What was chosen meanwhile still waits, and is tried as it was going to be.
UPDATE customers SET remark_waits = remark_waits AND remark IS DISTINCT FROM sqlc.narg(remark)::text, tags_wait = tags_wait AND tags IS DISTINCT FROM sqlc.narg(tags)::text[],
    push_code = CASE WHEN push_attempts > 0 THEN sqlc.narg(code)::integer END,
    push_due = CASE WHEN push_attempts = 0 THEN push_due WHEN sqlc.narg(code)::integer IS NOT NULL THEN sqlc.narg(again)::timestamptz END
WHERE company_id = @company_id AND appid = @appid AND openid = @openid;

-- name: CustomersOfPerson :many
-- The same person at the company's other accounts.
SELECT appid, openid, remark FROM customers WHERE company_id = @company_id AND unionid = @unionid AND unionid <> ''
ORDER BY appid, openid LIMIT 20;

-- name: CustomersPushFailed :many
-- Whose remark or tags WeChat has refused, and are not tried again.
SELECT appid, count(*)::bigint AS failed FROM customers WHERE company_id = @company_id AND push_code IS NOT NULL AND push_due IS NULL GROUP BY appid;

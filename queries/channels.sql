-- name: ChannelsHeard :many
-- The channels whose codes were scanned in a group of callbacks. Each is looked up by itself: an account may have a hundred thousand.
SELECT c.company_id, c.appid, c.scene, c.channel_id, c.target_uid, c.target_group_id, c.greeting, c.name
FROM (SELECT unnest(@company_ids::uuid[]) AS company_id, unnest(@appids::text[]) AS appid, unnest(@scenes::text[]) AS scene) k
CROSS JOIN LATERAL (SELECT x.company_id, x.appid, x.scene, x.channel_id, x.target_uid, x.target_group_id, x.greeting, x.name FROM channels x
    WHERE x.company_id = k.company_id AND x.appid = k.appid AND x.scene = k.scene AND x.archived_at IS NULL OFFSET 0) c;

-- name: ChannelsPage :many
-- The newest first. @before is the channel_id at which the page before ended.
SELECT * FROM channels
WHERE company_id = @company_id AND channel_id < @before AND (archived_at IS NOT NULL) = @archived::boolean
ORDER BY channel_id DESC LIMIT @max;

-- name: ChannelGet :one
SELECT * FROM channels WHERE company_id = @company_id AND channel_id = @channel_id;

-- name: ChannelByScene :one
SELECT * FROM channels WHERE company_id = @company_id AND appid = @appid AND scene = @scene;

-- name: ChannelInsert :one
INSERT INTO channels (company_id, appid, name, scene, permanent, target_uid, target_group_id, tags, greeting, code_due)
VALUES (@company_id, @appid, @name, @scene, @permanent, @target_uid, @target_group_id, @tags, @greeting, @code_due)
RETURNING *;

-- name: ChannelUpdate :one
UPDATE channels SET name = @name, target_uid = @target_uid, target_group_id = @target_group_id, tags = @tags, greeting = @greeting
WHERE company_id = @company_id AND channel_id = @channel_id
RETURNING *;

-- name: ChannelArchivedSet :execrows
-- What is archived has no code made; what comes back and has none does.
UPDATE channels SET archived_at = sqlc.narg(archived_at), code_error = NULL, code_attempts = 0,
    code_due = CASE WHEN sqlc.narg(archived_at)::timestamptz IS NULL AND ticket = '' THEN @at::timestamptz END
WHERE company_id = @company_id AND channel_id = @channel_id AND (archived_at IS NULL) <> (sqlc.narg(archived_at)::timestamptz IS NULL);

-- name: ChannelCodeDue :execrows
-- Has WeChat make the code: the first one, or one that lasts longer.
UPDATE channels SET code_due = @at::timestamptz, code_attempts = 0, code_error = NULL
WHERE company_id = @company_id AND channel_id = @channel_id AND archived_at IS NULL AND (ticket = '' OR NOT permanent);

-- name: ChannelsCodeClaim :many
-- Channels whose code is to be made. Whoever claims them has until @again.
UPDATE channels c SET code_due = @again::timestamptz, code_attempts = c.code_attempts + 1
FROM (SELECT x.company_id, x.channel_id FROM channels x WHERE x.company_id = ANY(@company_ids::uuid[]) AND x.code_due <= @at::timestamptz
    AND EXISTS (SELECT FROM appids i WHERE i.appid = x.appid AND i.company_id = x.company_id)
    ORDER BY x.code_due LIMIT @max FOR UPDATE SKIP LOCKED) k
WHERE c.company_id = k.company_id AND c.channel_id = k.channel_id
RETURNING c.company_id, c.channel_id, c.appid, c.scene, c.permanent, c.code_attempts;

-- name: ChannelCodeMade :exec
UPDATE channels SET ticket = @ticket, url = @url, expires_at = @expires_at, code_due = NULL, code_error = NULL, code_attempts = 0
WHERE company_id = @company_id AND channel_id = @channel_id;

-- name: ChannelCodeFailed :exec
UPDATE channels SET code_error = @code, code_due = CASE WHEN archived_at IS NULL THEN sqlc.narg(again)::timestamptz END
WHERE company_id = @company_id AND channel_id = @channel_id;

-- name: QuickRepliesVisible :many
-- What an agent has at hand: their own, those of their groups, and the company's; what is used most comes first.
SELECT * FROM quick_replies
WHERE company_id = @company_id AND deleted_at IS NULL
  AND (uid = @uid::bigint OR group_id = ANY(@group_ids::bigint[]) OR uid IS NULL AND group_id IS NULL)
ORDER BY used DESC, quick_id LIMIT @max;

-- name: QuickRepliesPage :many
-- An owner's, the newest first. @before is the quick_id at which the page before ended.
SELECT * FROM quick_replies
WHERE company_id = @company_id AND deleted_at IS NULL AND quick_id < @before
  AND uid IS NOT DISTINCT FROM sqlc.narg('uid')::bigint AND group_id IS NOT DISTINCT FROM sqlc.narg('group_id')::bigint
ORDER BY quick_id DESC LIMIT @max;

-- name: QuickRepliesAll :many
-- Everybody's, in the order in which they were made.
SELECT * FROM quick_replies
WHERE company_id = @company_id AND deleted_at IS NULL AND quick_id > @after
  AND (sqlc.narg('uid')::bigint IS NULL OR uid = sqlc.narg('uid')::bigint) AND (sqlc.narg('group_id')::bigint IS NULL OR group_id = sqlc.narg('group_id')::bigint)
ORDER BY quick_id LIMIT @max;

-- name: QuickRepliesCount :one
SELECT count(*)::bigint FROM quick_replies
WHERE company_id = @company_id AND deleted_at IS NULL
  AND uid IS NOT DISTINCT FROM sqlc.narg('uid')::bigint AND group_id IS NOT DISTINCT FROM sqlc.narg('group_id')::bigint;

-- name: QuickReplyGet :one
-- Also one that was deleted and can be taken back.
SELECT * FROM quick_replies WHERE company_id = @company_id AND quick_id = @quick_id;

-- name: QuickReplyNamed :one
SELECT * FROM quick_replies
WHERE company_id = @company_id AND title = @title AND deleted_at IS NULL
  AND uid IS NOT DISTINCT FROM sqlc.narg('uid')::bigint AND group_id IS NOT DISTINCT FROM sqlc.narg('group_id')::bigint;

-- name: QuickReplyInsert :one
INSERT INTO quick_replies (company_id, uid, group_id, title, shortcut, pinyin, text)
VALUES (@company_id, @uid, @group_id, @title, @shortcut, @pinyin, @text)
RETURNING *;

-- name: QuickReplyUpdate :one
UPDATE quick_replies SET uid = @uid, group_id = @group_id, title = @title, shortcut = @shortcut, pinyin = @pinyin, text = @text
WHERE company_id = @company_id AND quick_id = @quick_id AND deleted_at IS NULL
RETURNING *;

-- name: QuickReplyDeletedSet :execrows
UPDATE quick_replies SET deleted_at = sqlc.narg('deleted_at')
WHERE company_id = @company_id AND quick_id = @quick_id AND (deleted_at IS NULL) <> (sqlc.narg('deleted_at')::timestamptz IS NULL);

-- name: QuickRepliesDrop :exec
-- Those whose time to be taken back is over.
DELETE FROM quick_replies WHERE company_id = @company_id AND deleted_at < @before;

-- name: QuickReplyUse :exec
UPDATE quick_replies SET used = used + 1, used_at = @at::timestamptz
WHERE company_id = @company_id AND quick_id = @quick_id AND deleted_at IS NULL
  AND (uid = @uid::bigint OR group_id = ANY(@group_ids::bigint[]) OR uid IS NULL AND group_id IS NULL);

-- name: QuickRepliesWithUpload :one
-- Whether one that an agent has at hand, or may arrange (@all_groups: every one of a group), goes with this picture.
SELECT EXISTS (SELECT FROM quick_reply_images i JOIN quick_replies r ON r.company_id = i.company_id AND r.quick_id = i.quick_id
    WHERE i.company_id = @company_id AND i.upload_id = @upload_id
      AND (r.uid = @uid::bigint OR r.group_id = ANY(@group_ids::bigint[]) OR r.uid IS NULL AND r.group_id IS NULL OR @all_groups::boolean AND r.group_id IS NOT NULL))::boolean;

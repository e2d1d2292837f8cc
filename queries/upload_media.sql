-- name: UploadMediaGet :one
SELECT * FROM upload_media WHERE company_id = @company_id AND upload_id = @upload_id AND appid = @appid AND kind = @kind AND media_id <> '' AND until > @at;

-- name: UploadMediaPut :exec
INSERT INTO upload_media (company_id, upload_id, appid, kind, media_id, until)
VALUES (@company_id, @upload_id, @appid, @kind, @media_id, @until)
ON CONFLICT (company_id, upload_id, appid, kind) DO UPDATE SET media_id = excluded.media_id, until = excluded.until;

-- name: UploadMediaDrop :exec
-- WeChat does not know it any more.
UPDATE upload_media SET media_id = '' WHERE company_id = @company_id AND upload_id = @upload_id AND appid = @appid;

-- name: UploadMediaOfRules :many
-- What WeChat calls what rules answer with, at the accounts of the company.
SELECT m.upload_id, m.appid, m.kind, m.media_id, m.until FROM upload_media m JOIN uploads u ON u.company_id = m.company_id AND u.upload_id = m.upload_id
WHERE m.company_id = @company_id AND u.of_rules AND m.media_id <> '' AND m.kind <> 'thumb';

-- name: UploadMediaStale :many
-- What a rule answers with first, at each account that it answers for, where WeChat does not know it or will soon have forgotten it. Nothing is
-- given to an account for which nothing is sent.
SELECT r.company_id, (r.reply->0->>'resources_id')::uuid AS upload_id, a.appid, (r.reply->0->>'type')::text AS kind
FROM rules r
JOIN accounts a ON a.company_id = r.company_id AND (r.appid IS NULL OR r.appid = a.appid) AND a.paused_at IS NULL AND a.moved_at IS NULL AND a.probe_at IS NULL
LEFT JOIN upload_media m ON m.company_id = r.company_id AND m.upload_id = (r.reply->0->>'resources_id')::uuid AND m.appid = a.appid AND m.kind = r.reply->0->>'type'
WHERE r.company_id = ANY(@company_ids::uuid[]) AND r.enabled AND r.reply->0->>'type' IN ('image', 'voice', 'video')
  AND (m.media_id IS NULL OR m.media_id = '' OR m.until < @before::timestamptz) AND (m.try_at IS NULL OR m.try_at <= @at::timestamptz)
LIMIT @max;

-- name: UploadMediaClaim :execrows
-- Of two processes that try, one gets it, and only for an account that the company still has.
INSERT INTO upload_media AS m (company_id, upload_id, appid, kind, until, try_at)
SELECT x.company_id, @upload_id::uuid, x.appid, @kind::text, 'epoch', @next::timestamptz FROM accounts x
WHERE x.company_id = @company_id AND x.appid = @appid
  AND EXISTS (SELECT FROM appids i WHERE i.appid = x.appid AND i.company_id = x.company_id)
ON CONFLICT (company_id, upload_id, appid, kind) DO UPDATE SET try_at = excluded.try_at WHERE m.try_at <= @at::timestamptz;

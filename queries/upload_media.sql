-- name: UploadMediaGet :one
SELECT * FROM upload_media WHERE company_id = @company_id AND upload_id = @upload_id AND appid = @appid AND kind = @kind AND media_id <> '' AND until > @at;

-- name: UploadMediaPut :exec
INSERT INTO upload_media (company_id, upload_id, appid, kind, media_id, until)
VALUES (@company_id, @upload_id, @appid, @kind, @media_id, @until)
ON CONFLICT (company_id, upload_id, appid, kind) DO UPDATE SET media_id = excluded.media_id, until = excluded.until;

-- name: UploadMediaDrop :exec
-- WeChat does not know it any more.
UPDATE upload_media SET media_id = '' WHERE company_id = @company_id AND upload_id = @upload_id AND appid = @appid;

-- name: QuickImagesOf :many
-- The pictures of some quick replies, in order.
SELECT i.quick_id, sqlc.embed(u) FROM quick_reply_images i JOIN uploads u ON u.company_id = i.company_id AND u.upload_id = i.upload_id
WHERE i.company_id = @company_id AND i.quick_id = ANY(@quick_ids::bigint[])
ORDER BY i.quick_id, i.place;

-- name: QuickImagesDrop :exec
DELETE FROM quick_reply_images WHERE company_id = @company_id AND quick_id = @quick_id;

-- name: QuickImageInsert :exec
INSERT INTO quick_reply_images (company_id, quick_id, place, upload_id) VALUES (@company_id, @quick_id, @place, @upload_id);

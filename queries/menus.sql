-- name: MenusOfCompany :many
SELECT * FROM menus WHERE company_id = @company_id ORDER BY appid;

-- name: MenuGet :one
SELECT * FROM menus WHERE company_id = @company_id AND appid = @appid;

-- name: MenuDraftPut :exec
INSERT INTO menus (company_id, appid, draft) VALUES (@company_id, @appid, @draft)
ON CONFLICT (company_id, appid) DO UPDATE SET draft = excluded.draft;

-- name: MenuPublishedSet :exec
-- WeChat has these buttons now; null: none of ours.
UPDATE menus SET published = @published, published_at = @at::timestamptz, by_uid = @by_uid
WHERE company_id = @company_id AND appid = @appid;

-- name: MenusOfCompany :many
SELECT * FROM menus WHERE company_id = @company_id ORDER BY appid;

-- name: MenuGet :one
SELECT * FROM menus WHERE company_id = @company_id AND appid = @appid;

-- name: MenuDraftPut :one
-- No row: somebody else has kept another since @seen. What the same person keeps twice was never told to their page (-1: whoever has it).
INSERT INTO menus AS m (company_id, appid, draft, version, drafted_by) VALUES (@company_id, @appid, @draft, 1, @drafted_by)
ON CONFLICT (company_id, appid) DO UPDATE SET draft = excluded.draft, version = m.version + 1, drafted_by = excluded.drafted_by
WHERE @seen::bigint < 0 OR m.version = @seen::bigint OR m.drafted_by = excluded.drafted_by
RETURNING version;

-- name: MenuPublishedSet :exec
-- WeChat has these buttons now; null: none of ours.
UPDATE menus SET published = @published, published_at = @at::timestamptz, by_uid = @by_uid
WHERE company_id = @company_id AND appid = @appid;

-- name: AccountTagsGet :one
SELECT * FROM account_tags WHERE company_id = @company_id AND appid = @appid;

-- name: AccountTagNames :many
-- What customers of the company can be tagged with, at any of its accounts.
SELECT DISTINCT unnest(names)::text AS name FROM account_tags WHERE company_id = @company_id ORDER BY name LIMIT 500;

-- name: AccountTagsPut :exec
-- What WeChat tells of them is all there is.
INSERT INTO account_tags AS t (company_id, appid, ids, names, told_at)
VALUES (@company_id, @appid, @ids::integer[], @names::text[], @told_at)
ON CONFLICT (company_id, appid) DO UPDATE SET ids = excluded.ids, names = excluded.names, told_at = excluded.told_at
WHERE t.told_at <= excluded.told_at;

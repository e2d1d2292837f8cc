-- name: GroupsOfCompany :many
SELECT * FROM groups WHERE company_id = @company_id ORDER BY group_id;

-- name: GroupPut :one
INSERT INTO groups (company_id, name, strategy, priority) VALUES (@company_id, @name, @strategy, @priority)
ON CONFLICT (company_id, name) DO UPDATE SET strategy = excluded.strategy, priority = excluded.priority
RETURNING group_id;

-- name: GroupOverflowSet :exec
-- Where its sessions go, too, and after how many seconds; null: nowhere.
UPDATE groups SET overflow_after = @overflow_after, overflow_group_id = @overflow_group_id WHERE company_id = @company_id AND group_id = @group_id;

-- name: GroupHoursPut :execrows
UPDATE groups SET hours = @hours WHERE company_id = @company_id AND group_id = @group_id;

-- name: GroupUpdate :execrows
-- Makes a group match, its name too.
UPDATE groups SET name = @name, strategy = @strategy, priority = @priority, overflow_after = @overflow_after, overflow_group_id = @overflow_group_id
WHERE company_id = @company_id AND group_id = @group_id;

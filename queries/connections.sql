-- name: ConnectionOpened :exec
INSERT INTO connections (company_id, uid, instance_id, since) VALUES (@company_id, @uid, @instance_id, @at)
ON CONFLICT (company_id, uid, instance_id) DO UPDATE SET left_at = NULL;

-- name: ConnectionLeft :exec
UPDATE connections SET left_at = @at::timestamptz WHERE company_id = @company_id AND uid = @uid AND instance_id = @instance_id;

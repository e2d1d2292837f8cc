-- name: InstanceSeen :one
-- Says that a process lives; true: it was not among the living before, so its connections are not known.
INSERT INTO instances (instance_id, seen_at) VALUES (@instance_id, @at)
ON CONFLICT (instance_id) DO UPDATE SET seen_at = excluded.seen_at
RETURNING (xmax = 0)::boolean AS fresh;

-- name: InstanceGone :exec
DELETE FROM instances WHERE instance_id = @instance_id;

-- name: InstancesBury :many
-- Those that have not been seen for too long, by whoever is first to find them dead: when each was last seen.
DELETE FROM instances WHERE seen_at < @before RETURNING seen_at;

-- name: GroupMembersOfCompany :many
SELECT * FROM group_members WHERE company_id = @company_id ORDER BY group_id, position, uid;

-- name: GroupMembersSet :exec
-- Makes the group's members these, in this order.
WITH wanted AS (
    SELECT uid, position FROM unnest(@uids::bigint[]) WITH ORDINALITY AS u (uid, position)
), gone AS (
    DELETE FROM group_members WHERE company_id = @company_id AND group_id = @group_id AND uid <> ALL(@uids::bigint[])
)
INSERT INTO group_members (company_id, group_id, uid, position)
SELECT @company_id, @group_id, uid, position FROM wanted
ON CONFLICT (company_id, group_id, uid) DO UPDATE SET position = excluded.position;

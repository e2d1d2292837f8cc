-- name: RulesOfCompany :many
-- In the order in which they are tried.
SELECT * FROM rules WHERE company_id = @company_id ORDER BY priority, rule_id;

-- name: RulesPage :many
SELECT * FROM rules WHERE company_id = @company_id AND rule_id > @after ORDER BY rule_id LIMIT @max;

-- name: RuleGet :one
SELECT * FROM rules WHERE company_id = @company_id AND rule_id = @rule_id;

-- name: RuleInsert :one
INSERT INTO rules (company_id, name, priority, appid, kind, keywords, reply, assign_uid, assign_group_id, assign_priority, enabled)
VALUES (@company_id, @name, @priority, @appid, @kind, @keywords, @reply, @assign_uid, @assign_group_id, @assign_priority, @enabled)
RETURNING *;

-- name: RulePut :exec
INSERT INTO rules (company_id, name, priority, appid, kind, keywords, reply, assign_uid, assign_group_id, assign_priority)
VALUES (@company_id, @name, @priority, @appid, @kind, @keywords, @reply, @assign_uid, @assign_group_id, @assign_priority)
ON CONFLICT (company_id, name) DO UPDATE SET priority = excluded.priority, appid = excluded.appid, kind = excluded.kind,
    keywords = excluded.keywords, reply = excluded.reply, assign_uid = excluded.assign_uid, assign_group_id = excluded.assign_group_id, assign_priority = excluded.assign_priority, enabled = true;

-- name: RuleUpdate :one
UPDATE rules SET name = @name, priority = @priority, appid = @appid, kind = @kind, keywords = @keywords, reply = @reply,
    assign_uid = @assign_uid, assign_group_id = @assign_group_id, assign_priority = @assign_priority, enabled = @enabled
WHERE company_id = @company_id AND rule_id = @rule_id
RETURNING *;

-- name: RuleDelete :execrows
DELETE FROM rules WHERE company_id = @company_id AND rule_id = @rule_id;

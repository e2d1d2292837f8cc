-- name: TemplateResultPut :exec
-- Only while a template message to the customer is on its way: else it is another program's.
INSERT INTO template_results (company_id, appid, openid, msgid, template_id, code, reason)
SELECT @company_id, @appid, @openid, @msgid, @template_id, @code, @reason
WHERE EXISTS (SELECT FROM messages m WHERE m.company_id = @company_id AND m.appid = @appid AND m.openid = @openid AND m.delivery = 'sending'
    AND m.data->'out'->'template' IS NOT NULL)
ON CONFLICT (company_id, appid, openid, msgid) DO NOTHING;

-- name: TemplateResultsTake :many
-- What came before the message was named. One goes to a customer at a time, so nothing else needs to be kept.
DELETE FROM template_results WHERE company_id = @company_id AND appid = @appid AND openid = @openid RETURNING *;

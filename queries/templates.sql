-- name: TemplatesOfAccount :many
SELECT * FROM templates WHERE company_id = @company_id AND appid = @appid ORDER BY kind DESC, title, template_id;

-- name: TemplateGet :one
SELECT * FROM templates WHERE company_id = @company_id AND appid = @appid AND template_id = @template_id;

-- name: TemplatePut :exec
-- As WeChat has it now; whether agents are offered it stays.
INSERT INTO templates (company_id, appid, template_id, kind, title, content, fields, read_at)
VALUES (@company_id, @appid, @template_id, @kind, @title, @content, @fields, @read_at)
ON CONFLICT (company_id, appid, template_id) DO UPDATE SET kind = excluded.kind, title = excluded.title, content = excluded.content, fields = excluded.fields,
    read_at = excluded.read_at;

-- name: TemplatesDrop :exec
-- Those that WeChat has no more: they were not among what was read at @read_at.
DELETE FROM templates WHERE company_id = @company_id AND appid = @appid AND read_at < @read_at;

-- name: TemplateHiddenSet :execrows
UPDATE templates SET hidden = @hidden WHERE company_id = @company_id AND appid = @appid AND template_id = @template_id;

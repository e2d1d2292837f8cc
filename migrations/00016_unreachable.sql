-- +goose Up

-- WeChat's last no that was about this customer and not about a message: not known, blocked, has switched messages off. Null: it takes
-- what is sent to them.
ALTER TABLE customers ADD COLUMN unreachable_code integer;

-- +goose Down
SELECT 1;

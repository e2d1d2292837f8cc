-- +goose Up

-- A draft of a menu is kept with each change, and no two people overwrite each other's unseen: version counts what was kept, drafted_by is whose it
-- is (null: a program's).
ALTER TABLE menus ADD COLUMN version bigint NOT NULL DEFAULT 0, ADD COLUMN drafted_by bigint,
    ADD FOREIGN KEY (company_id, drafted_by) REFERENCES agents (company_id, uid);

-- +goose Down
SELECT 1;

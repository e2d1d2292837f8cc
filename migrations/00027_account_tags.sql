-- +goose Up

-- The tags that an account has at WeChat, at most 100, as WeChat last told them: what a customer can be tagged with, and how the tags are
-- called of which it tells only the numbers. Without a row WeChat has told none yet.
CREATE TABLE account_tags (
    company_id uuid NOT NULL,
    appid      text NOT NULL,
    ids        integer[] NOT NULL, -- WeChat's numbers
    names      text[] NOT NULL,    -- in the order of the numbers
    told_at    timestamptz NOT NULL,
    PRIMARY KEY (company_id, appid),
    FOREIGN KEY (company_id, appid) REFERENCES accounts (company_id, appid),
    CONSTRAINT a_name_for_each_number CHECK (cardinality(ids) = cardinality(names))
);
SELECT fence('account_tags');

-- +goose Down
SELECT 1;

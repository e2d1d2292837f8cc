-- name: SeatsOfCompany :many
SELECT * FROM seats WHERE company_id = @company_id ORDER BY customer_service_id;

-- name: SeatsFill :execrows
-- Every agent who is to have a seat at every account gets those that they lack.
INSERT INTO seats (company_id, appid, uid)
SELECT a.company_id, a.appid, g.uid FROM accounts a JOIN agents g ON g.company_id = a.company_id
WHERE a.company_id = @company_id AND g.every_account
  AND NOT EXISTS (SELECT FROM seats s WHERE s.company_id = a.company_id AND s.appid = a.appid AND s.uid = g.uid)
ORDER BY a.appid, g.uid
ON CONFLICT (company_id, appid, uid) DO NOTHING;

-- name: SeatPut :execrows
INSERT INTO seats (company_id, appid, uid) VALUES (@company_id, @appid, @uid)
ON CONFLICT (company_id, appid, uid) DO NOTHING;

-- name: SeatsKeep :execrows
-- Takes the agent's seats at all accounts but these. What they have of the others' sessions they keep.
DELETE FROM seats WHERE company_id = @company_id AND uid = @uid AND appid <> ALL(@appids::text[]);

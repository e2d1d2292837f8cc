-- name: ChannelCountsRaise :exec
-- Adds what a group of callbacks counts. In one order for everybody, so that nobody waits in a circle.
INSERT INTO channel_counts AS c (company_id, channel_id, day, scans, follows)
SELECT k.company_id, k.channel_id, CAST(k.day AS date), sum(k.scans)::bigint, sum(k.follows)::bigint
FROM (SELECT unnest(@company_ids::uuid[]) AS company_id, unnest(@channel_ids::bigint[]) AS channel_id, unnest(@days::text[]) AS day,
        unnest(@scans::bigint[]) AS scans, unnest(@follows::bigint[]) AS follows) k
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
ON CONFLICT (company_id, channel_id, day) DO UPDATE SET scans = c.scans + excluded.scans, follows = c.follows + excluded.follows;

-- name: ChannelCountsSum :many
-- Counts of these channels: in all, and from a day on.
SELECT c.channel_id, sum(c.scans)::bigint AS scans, sum(c.follows)::bigint AS follows,
    COALESCE(sum(c.scans) FILTER (WHERE c.day >= p.since), 0)::bigint AS lately_scans, COALESCE(sum(c.follows) FILTER (WHERE c.day >= p.since), 0)::bigint AS lately_follows
FROM channel_counts c CROSS JOIN (SELECT CAST(@since::text AS date) AS since) p
WHERE c.company_id = @company_id AND c.channel_id = ANY(@channel_ids::bigint[])
GROUP BY c.channel_id;

-- question: Which agreements were promised, and was one signed after?
-- param a: one country, code or name; any for all = any
-- param b: the other country, code or name; any for all = any
-- param days: a signing counts for a promise within so many days = 730
-- example:
WITH stages AS (  -- one row a story, pair and stage: its surest sentence
  SELECT g.*, coalesce(g.event_date, g.published_at::DATE) AS day,
    (SELECT list(x.sector ORDER BY x.sector) FROM mention_sectors x WHERE x.mention_id = g.mention_id) AS sectors
  FROM agreements g JOIN mentions m USING (mention_id) JOIN articles s USING (article_id)
  WHERE ($a = 'any' OR upper($a) IN (g.country_a, g.country_b)) AND ($b = 'any' OR upper($b) IN (g.country_a, g.country_b))
    AND g.event_date_precision NOT IN ('month', 'year') AND coalesce(g.event_date, g.published_at::DATE) IS NOT NULL
  QUALIFY row_number() OVER (PARTITION BY s.story_id, g.country_a, g.country_b, g.stage ORDER BY g.confidence DESC, g.mention_id) = 1
), signed AS (
  SELECT * FROM stages WHERE stage = 'signed'
  QUALIFY row_number() OVER (PARTITION BY country_a, country_b, day ORDER BY confidence DESC, mention_id) = 1
), paired AS (
  SELECT p.*, CASE WHEN s.day <= p.day + $days::INTEGER THEN s END AS after
  FROM (FROM stages WHERE stage <> 'signed') p
  ASOF LEFT JOIN signed s ON p.country_a = s.country_a AND p.country_b = s.country_b AND p.day <= s.day
)
SELECT country_a, country_b, stage, day AS promised_on, sentence AS promise, mention_id AS promise_mention_id,
  CASE WHEN after IS NULL THEN 'no signing found' WHEN len(list_intersect(sectors, after.sectors)) > 0 THEN 'signed, same sector' ELSE 'signed, other or no sector' END AS outcome,
  after.day AS signed_on, after.day - day AS days_between, after.sentence AS signing, after.mention_id AS signing_mention_id
FROM paired
ORDER BY promised_on DESC, country_a, country_b, promise_mention_id

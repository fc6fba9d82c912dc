-- question: Which sectors rise or fall?
-- param a: only with this country, code or name; any for all = any
-- param days: length of the two periods compared, in days = 90
-- param until: last day of the later period; last is that of the latest article = last
-- example:
WITH last_day AS (
  SELECT CASE WHEN $until = 'last' THEN (SELECT max(published_at)::DATE FROM articles) ELSE TRY_CAST($until AS DATE) END AS until
), counted AS (
  SELECT s.sector, any_value(until) AS until,
    count(DISTINCT a.story_id) FILTER (a.day <= until - $days::INTEGER) AS story_before, count(DISTINCT a.story_id) FILTER (a.day > until - $days::INTEGER) AS story_now,
    count(DISTINCT a.story_id) FILTER (a.day <= until - $days::INTEGER AND a.status = 'actual' AND a.quad_class LIKE '%cooperation') AS cooperation_before,
    count(DISTINCT a.story_id) FILTER (a.day > until - $days::INTEGER AND a.status = 'actual' AND a.quad_class LIKE '%cooperation') AS cooperation_now,
    count(DISTINCT a.story_id) FILTER (a.day <= until - $days::INTEGER AND a.status = 'actual' AND a.quad_class LIKE '%conflict') AS conflict_before,
    count(DISTINCT a.story_id) FILTER (a.day > until - $days::INTEGER AND a.status = 'actual' AND a.quad_class LIKE '%conflict') AS conflict_now
  FROM told a JOIN mention_sectors s USING (mention_id), last_day
  WHERE a.day > until - 2 * $days::INTEGER AND a.day <= until AND ($a = 'any' OR upper($a) IN (a.country_a, a.country_b))
  GROUP BY s.sector
)  -- roots of Poisson counts have nearly the same spread whatever their size (Anscombe 1948): beyond 2 is more than chance
SELECT sector, story_before, story_now, round(sqrt(2.0) * (sqrt(story_now + 0.375) - sqrt(story_before + 0.375)), 2) AS story_z,
  cooperation_before, cooperation_now, conflict_before, conflict_now, until - 2 * $days::INTEGER + 1 AS before_from, until - $days::INTEGER + 1 AS now_from, until,
  abs(sqrt(2.0) * (sqrt(story_now + 0.375) - sqrt(story_before + 0.375))) > 2 AS is_beyond_chance
FROM counted
ORDER BY story_z DESC, sector

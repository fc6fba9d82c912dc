-- question: How does a country stand with its partners in a year, against the year before?
-- param a: the country, code or name
-- param year: the year, as 2024; last is that of the latest article = last
-- example: a=DZA
WITH chosen AS (
  SELECT CASE WHEN $year = 'last' THEN (SELECT year(max(published_at)) FROM articles) ELSE TRY_CAST($year AS INTEGER) END AS now
), sided AS (
  SELECT CASE WHEN country_a = upper($a) THEN country_b ELSE country_a END AS partner, year(day) AS act_year, story_id, quad_class, status
  FROM told WHERE upper($a) IN (country_a, country_b)
)
SELECT coalesce(partner, 'all partners') AS partner,
  count(DISTINCT story_id) FILTER (act_year = now - 1) AS story_before, count(DISTINCT story_id) FILTER (act_year = now) AS story_now,
  count(DISTINCT story_id) FILTER (act_year = now - 1 AND status = 'actual' AND quad_class LIKE '%cooperation') AS cooperation_before,
  count(DISTINCT story_id) FILTER (act_year = now AND status = 'actual' AND quad_class LIKE '%cooperation') AS cooperation_now,
  count(DISTINCT story_id) FILTER (act_year = now - 1 AND status = 'actual' AND quad_class LIKE '%conflict') AS conflict_before,
  count(DISTINCT story_id) FILTER (act_year = now AND status = 'actual' AND quad_class LIKE '%conflict') AS conflict_now,
  any_value(now) AS year
FROM sided, chosen
WHERE act_year IN (now - 1, now)
GROUP BY GROUPING SETS ((partner), ())
HAVING count(*) > 0
ORDER BY sided.partner IS NOT NULL, story_now DESC, story_before DESC, partner

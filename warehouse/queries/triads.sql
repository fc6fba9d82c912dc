-- question: How do two countries stand to each other that quarrel with the same third?
-- param a: one of the two, code or name; any for all = any
-- param since: first day = 0001-01-01
-- param until: last day = 9999-12-31
-- param least_stories: a dyad is in conflict from so many stories with actual conflict on, if these outnumber those with cooperation = 2
-- example:
WITH dyads AS (
  SELECT country_a, country_b,
    count(DISTINCT story_id) FILTER (quad_class LIKE '%cooperation') AS cooperation_count,
    count(DISTINCT story_id) FILTER (quad_class LIKE '%conflict') AS conflict_count
  FROM told WHERE status = 'actual' AND (day BETWEEN $since::DATE AND $until::DATE OR day IS NULL AND $since = '0001-01-01' AND $until = '9999-12-31')
  GROUP BY country_a, country_b
), sides AS (
  SELECT country_a AS country, country_b AS other, * FROM dyads UNION ALL SELECT country_b, country_a, * FROM dyads
), hostile AS (
  SELECT * FROM sides WHERE conflict_count >= $least_stories::INTEGER AND conflict_count > cooperation_count
)
SELECT x.country AS country_a, y.country AS country_c, x.other AS common_opponent,
  x.conflict_count AS conflict_a_with_opponent, y.conflict_count AS conflict_c_with_opponent,
  coalesce(d.cooperation_count, 0) AS cooperation_between, coalesce(d.conflict_count, 0) AS conflict_between,
  CASE WHEN d.country_a IS NULL THEN 'nothing said' WHEN d.cooperation_count > d.conflict_count THEN 'mostly cooperation'
    WHEN d.conflict_count > d.cooperation_count THEN 'mostly conflict' ELSE 'as much of both' END AS standing
FROM hostile x JOIN hostile y ON x.other = y.other AND x.country < y.country
LEFT JOIN dyads d ON d.country_a = x.country AND d.country_b = y.country
WHERE $a = 'any' OR upper($a) IN (x.country, y.country)
ORDER BY least(x.conflict_count, y.conflict_count) DESC, common_opponent, x.country, y.country

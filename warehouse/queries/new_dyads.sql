-- question: Which countries are mentioned together for the first time since a day?
-- param day: the day; last is 30 days before the latest article = last
-- param least: no sentence of lower confidence is shown, 0 to 1; counts are of all = 0.5
-- example: day=2026-06-01
WITH acts AS (  -- the lead of a story speaks for its copies
  FROM told m WHERE m.is_lead
), since AS (
  SELECT CASE WHEN $day = 'last' THEN (SELECT max(published_at)::DATE - 30 FROM articles) ELSE TRY_CAST($day AS DATE) END AS day
)
SELECT a.country_a, a.country_b, min(a.published_at)::DATE AS first_published_on, count(DISTINCT a.story_id) AS story_count,
  count(DISTINCT a.story_id) FILTER (a.status = 'actual' AND a.quad_class LIKE '%cooperation') AS cooperation_count,
  count(DISTINCT a.story_id) FILTER (a.status = 'actual' AND a.quad_class LIKE '%conflict') AS conflict_count,
  arg_max(a.sentence, row(a.confidence, a.mention_id)) FILTER (a.confidence >= $least::DOUBLE) AS surest_sentence, arg_max(a.mention_id, row(a.confidence, a.mention_id)) FILTER (a.confidence >= $least::DOUBLE) AS surest_mention_id
FROM acts a, since
GROUP BY a.country_a, a.country_b, since.day
HAVING min(a.published_at)::DATE >= since.day
ORDER BY story_count DESC, a.country_a, a.country_b

-- question: With whom does a country work together, and with whom does it quarrel?
-- param a: the country, code or name
-- param since: first day = 0001-01-01
-- param until: last day = 9999-12-31
-- param least: no sentence of lower confidence is shown, 0 to 1; counts are of all = 0.5
-- example: a=MAR
WITH acts AS (  -- all copies of a story are read and counted as one; undated events stand on the day of the story's lead
  SELECT m.*, coalesce(m.event_date, lead.published_at::DATE) AS day, s.story_id, s.source_id, s.is_lead, s.title, s.url
  FROM mentions m JOIN articles s USING (article_id) JOIN articles lead ON lead.article_id = s.story_id
)
SELECT CASE WHEN a.country_a = upper($a) THEN a.country_b ELSE a.country_a END AS partner, count(DISTINCT a.story_id) AS story_count,
  count(DISTINCT a.story_id) FILTER (a.status = 'actual' AND a.quad_class LIKE '%cooperation') AS cooperation_count,
  count(DISTINCT a.story_id) FILTER (a.status = 'actual' AND a.quad_class LIKE '%conflict') AS conflict_count,
  count(DISTINCT a.story_id) FILTER (a.status = 'actual' AND a.quad_class LIKE '%conflict' AND (a.source_country = upper($a) OR a.is_reciprocal)) AS conflict_by_it_count,
  count(DISTINCT a.story_id) FILTER (a.status = 'actual' AND a.quad_class LIKE '%conflict' AND (a.target_country = upper($a) OR a.is_reciprocal)) AS conflict_towards_it_count,
  max(a.day) FILTER (a.status = 'actual') AS last_day, arg_max(a.sentence, row(a.confidence, a.mention_id)) FILTER (a.confidence >= $least::DOUBLE) AS surest_sentence, arg_max(a.mention_id, row(a.confidence, a.mention_id)) FILTER (a.confidence >= $least::DOUBLE) AS surest_mention_id
FROM acts a
WHERE upper($a) IN (a.country_a, a.country_b) AND (a.day IS NULL OR a.day BETWEEN $since::DATE AND $until::DATE)
GROUP BY partner
ORDER BY story_count DESC, partner

-- question: With whom does a country work together, and with whom does it quarrel?
-- param a: the country, code or name
-- param since: first day = 0001-01-01
-- param until: last day = 9999-12-31
-- param least: no sentence of lower confidence is shown, 0 to 1; counts are of all = 0.5
-- example: a=MAR
SELECT CASE WHEN a.country_a = upper($a) THEN a.country_b ELSE a.country_a END AS partner, count(DISTINCT a.story_id) AS story_count,
  count(DISTINCT a.story_id) FILTER (a.status = 'actual' AND a.quad_class LIKE '%cooperation') AS cooperation_count,
  count(DISTINCT a.story_id) FILTER (a.status = 'actual' AND a.quad_class LIKE '%conflict') AS conflict_count,
  count(DISTINCT a.story_id) FILTER (a.status = 'actual' AND a.quad_class LIKE '%conflict' AND (a.source_country = upper($a) OR a.is_reciprocal)) AS conflict_by_it_count,
  count(DISTINCT a.story_id) FILTER (a.status = 'actual' AND a.quad_class LIKE '%conflict' AND (a.target_country = upper($a) OR a.is_reciprocal)) AS conflict_towards_it_count,
  max(a.day) FILTER (a.status = 'actual') AS last_day, arg_max(a.sentence, row(a.confidence, a.mention_id)) FILTER (a.confidence >= $least::DOUBLE) AS surest_sentence, arg_max(a.mention_id, row(a.confidence, a.mention_id)) FILTER (a.confidence >= $least::DOUBLE) AS surest_mention_id
FROM told a
WHERE upper($a) IN (a.country_a, a.country_b) AND (a.day BETWEEN $since::DATE AND $until::DATE OR a.day IS NULL AND $since = '0001-01-01' AND $until = '9999-12-31')
GROUP BY partner
ORDER BY story_count DESC, partner

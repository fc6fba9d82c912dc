-- question: Which dyads are most spoken of?
-- param since: first day = 0001-01-01
-- param until: last day = 9999-12-31
-- param top: rows = 20
-- param least: no sentence of lower confidence is shown, 0 to 1; counts are of all = 0.5
-- example:
SELECT a.country_a, a.country_b, count(DISTINCT a.story_id) AS story_count, count(DISTINCT a.source_id) AS source_count,
  count(DISTINCT a.story_id) FILTER (a.status = 'actual' AND a.quad_class LIKE '%cooperation') AS cooperation_count,
  count(DISTINCT a.story_id) FILTER (a.status = 'actual' AND a.quad_class LIKE '%conflict') AS conflict_count,
  count(DISTINCT a.story_id) FILTER (a.status IN ('planned', 'hypothetical')) AS not_yet_count,
  count(DISTINCT a.story_id) FILTER (a.status = 'negated') AS denied_count,
  mode(a.event_type ORDER BY a.event_type) FILTER (a.status = 'actual') AS commonest_act, min(a.day) AS first_day, max(a.day) AS last_day,
  arg_max(a.sentence, row(a.confidence, a.mention_id)) FILTER (a.confidence >= $least::DOUBLE) AS surest_sentence, arg_max(a.mention_id, row(a.confidence, a.mention_id)) FILTER (a.confidence >= $least::DOUBLE) AS surest_mention_id
FROM told a
WHERE (a.day BETWEEN $since::DATE AND $until::DATE OR a.day IS NULL AND $since = '0001-01-01' AND $until = '9999-12-31')
GROUP BY a.country_a, a.country_b
ORDER BY story_count DESC, a.country_a, a.country_b
LIMIT $top::INTEGER

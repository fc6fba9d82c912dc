-- question: In which sectors do two countries work together, and in which do they quarrel?
-- param a: one country, code or name
-- param b: the other country, code or name
-- param since: first day = 0001-01-01
-- param until: last day = 9999-12-31
-- param least: no sentence of lower confidence is shown, 0 to 1; counts are of all = 0.5
-- example: a=KHM b=THA
SELECT s.sector,
  count(DISTINCT a.story_id) AS story_count,
  count(DISTINCT a.story_id) FILTER (a.status = 'actual' AND a.quad_class LIKE '%cooperation') AS cooperation_count,
  count(DISTINCT a.story_id) FILTER (a.status = 'actual' AND a.quad_class LIKE '%conflict') AS conflict_count,
  count(DISTINCT a.story_id) FILTER (a.status IN ('planned', 'hypothetical')) AS not_yet_count, min(a.day) AS first_day, max(a.day) AS last_day,
  arg_max(a.sentence, row(a.confidence, a.mention_id)) FILTER (a.status = 'actual' AND a.quad_class LIKE '%cooperation' AND a.confidence >= $least::DOUBLE) AS cooperation_sentence,
  arg_max(a.mention_id, row(a.confidence, a.mention_id)) FILTER (a.status = 'actual' AND a.quad_class LIKE '%cooperation' AND a.confidence >= $least::DOUBLE) AS cooperation_mention_id,
  arg_max(a.sentence, row(a.confidence, a.mention_id)) FILTER (a.status = 'actual' AND a.quad_class LIKE '%conflict' AND a.confidence >= $least::DOUBLE) AS conflict_sentence,
  arg_max(a.mention_id, row(a.confidence, a.mention_id)) FILTER (a.status = 'actual' AND a.quad_class LIKE '%conflict' AND a.confidence >= $least::DOUBLE) AS conflict_mention_id
FROM told a JOIN mention_sectors s USING (mention_id)
WHERE a.country_a = least(upper($a), upper($b)) AND a.country_b = greatest(upper($a), upper($b)) AND (a.day BETWEEN $since::DATE AND $until::DATE OR a.day IS NULL AND $since = '0001-01-01' AND $until = '9999-12-31')
GROUP BY s.sector
ORDER BY story_count DESC, s.sector

-- question: Who speaks for a country, and of whom?
-- param a: country of the speakers, code or name
-- param b: country spoken of, code or name; any for all = any
-- param since: first day = 0001-01-01
-- param until: last day = 9999-12-31
-- param least: no sentence of lower confidence is shown, 0 to 1; counts are of all = 0.5
-- example: a=IND
SELECT coalesce(x.name, a.speaker) AS speaker, any_value(x.title) AS title, coalesce(any_value(x.actor_type), 'UNK') AS speaker_type,
  count(DISTINCT a.story_id) AS story_count, count(DISTINCT a.mention_id) FILTER (a.is_lead) AS statement_count,
  count(DISTINCT a.story_id) FILTER (a.quad_class LIKE '%cooperation') AS cooperation_count, count(DISTINCT a.story_id) FILTER (a.quad_class LIKE '%conflict') AS conflict_count,
  string_agg(DISTINCT CASE WHEN a.country_a = upper($a) THEN a.country_b WHEN a.country_b = upper($a) THEN a.country_a END, ', ' ORDER BY CASE WHEN a.country_a = upper($a) THEN a.country_b WHEN a.country_b = upper($a) THEN a.country_a END) AS spoken_of,
  min(a.day) AS first_day, max(a.day) AS last_day, arg_max(a.sentence, row(a.confidence, a.mention_id)) FILTER (a.confidence >= $least::DOUBLE) AS surest_sentence, arg_max(a.mention_id, row(a.confidence, a.mention_id)) FILTER (a.confidence >= $least::DOUBLE) AS surest_mention_id
FROM told a
LEFT JOIN (SELECT mention_id, min(name) AS name, min(title) AS title, min(actor_type) AS actor_type FROM mention_actors WHERE role = 'speaker' GROUP BY mention_id) x USING (mention_id)
WHERE a.speaker_country = upper($a) AND a.speaker IS NOT NULL AND ($b = 'any' OR upper($b) IN (a.country_a, a.country_b)) AND (a.day BETWEEN $since::DATE AND $until::DATE OR a.day IS NULL AND $since = '0001-01-01' AND $until = '9999-12-31')
GROUP BY coalesce(x.name, a.speaker)
ORDER BY story_count DESC, statement_count DESC, speaker

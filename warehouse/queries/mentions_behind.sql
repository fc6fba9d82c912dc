-- question: Which sentences stand behind a figure?
-- param a: one country, code or name
-- param b: the other country, code or name
-- param month: a year as 2002 or a month as 2002-11; any for all = any
-- param since: first day = 0001-01-01
-- param until: last day = 9999-12-31
-- param quad: cooperation, conflict, or a quad class such as material-conflict; any for all = any
-- param status: actual, planned, hypothetical or negated; any for all = actual
-- param least: rows whose confidence is lower are left out, 0 to 1; 0 for all that the figure counts = 0.5
-- example: a=DZA b=MAR quad=conflict
SELECT day, source_country, target_country, is_reciprocal, event_type, quad_class, status, speaker_country, sentence, source_id, title, url,
  is_lead, story_id, round(confidence, 2) AS confidence, mention_id
FROM told
WHERE country_a = least(upper($a), upper($b)) AND country_b = greatest(upper($a), upper($b))
  AND ($month = 'any' OR starts_with(strftime(day, '%Y-%m'), left($month, 7)))
  AND (day BETWEEN $since::DATE AND $until::DATE OR day IS NULL AND $since = '0001-01-01' AND $until = '9999-12-31')
  AND ($quad = 'any' OR ends_with(quad_class, lower(replace($quad, '-', ' '))))
  AND ($status = 'any' OR status = $status) AND told.confidence >= $least::DOUBLE
ORDER BY day NULLS LAST, story_id, is_lead DESC, sentence_index, mention_id

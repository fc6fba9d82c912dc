-- question: Which sentences stand behind a figure?
-- param a: one country, code or name
-- param b: the other country, code or name
-- param month: the month as 2024-05, or any = any
-- param quad: cooperation, conflict, or a quad class such as material-conflict; any for all = any
-- param status: actual, planned, hypothetical or negated; any for all = actual
-- example: a=DZA b=MAR quad=conflict
WITH acts AS (  -- all copies of a story are read and counted as one; undated events stand on the day of the story's lead
  SELECT m.*, coalesce(m.event_date, lead.published_at::DATE) AS day, s.story_id, s.source_id, s.is_lead, s.title, s.url
  FROM mentions m JOIN articles s USING (article_id) JOIN articles lead ON lead.article_id = s.story_id
)
SELECT day, source_country, target_country, is_reciprocal, event_type, quad_class, status, speaker_country, sentence, source_id, title, url,
  is_lead, story_id, round(confidence, 2) AS confidence, mention_id
FROM acts
WHERE country_a = least(upper($a), upper($b)) AND country_b = greatest(upper($a), upper($b))
  AND ($month = 'any' OR strftime(day, '%Y-%m') = left($month, 7))
  AND ($quad = 'any' OR ends_with(quad_class, lower(replace($quad, '-', ' '))))
  AND ($status = 'any' OR status = $status)
ORDER BY day NULLS LAST, story_id, is_lead DESC, sentence_index, mention_id

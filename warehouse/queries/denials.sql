-- question: What was denied, by whom, and do others say that it happened?
-- param a: one country, code or name; any for all = any
-- param b: the other country, code or name; any for all = any
-- param days: the same act told as done within so many days before or after = 30
-- param least: rows whose confidence is lower are left out, 0 to 1; 0 for all = 0.5
-- example:
WITH acts AS (  -- the lead of a story speaks for its copies
  FROM told m WHERE m.is_lead AND m.confidence >= $least::DOUBLE
)
SELECT n.day, n.source_country, n.target_country, n.event_type, n.speaker_country AS denied_by, n.speaker, n.sentence AS denial, n.mention_id AS denial_mention_id,
  count(DISTINCT t.story_id) AS told_as_done_story_count, string_agg(DISTINCT t.source_id, ', ' ORDER BY t.source_id) AS told_as_done_by,
  string_agg(DISTINCT t.speaker_country, ', ' ORDER BY t.speaker_country) AS said_done_by,
  arg_max(t.sentence, row(t.confidence, t.mention_id)) AS told_sentence, arg_max(t.mention_id, row(t.confidence, t.mention_id)) AS told_mention_id
FROM acts n
LEFT JOIN acts t ON t.status = 'actual' AND t.event_type = n.event_type AND t.country_a = n.country_a AND t.country_b = n.country_b
  AND (t.source_country = n.source_country OR t.is_reciprocal OR n.is_reciprocal) AND abs(t.day - n.day) <= $days::INTEGER
WHERE n.status = 'negated' AND ($a = 'any' OR upper($a) IN (n.country_a, n.country_b)) AND ($b = 'any' OR upper($b) IN (n.country_a, n.country_b))
GROUP BY ALL
ORDER BY n.day DESC NULLS LAST, n.source_country, n.target_country, denial_mention_id

-- question: Which were the busiest days between two countries, and what happened?
-- param a: one country, code or name
-- param b: the other country, code or name
-- param since: first day = 0001-01-01
-- param until: last day = 9999-12-31
-- param top: rows = 10
-- param least: no sentence of lower confidence is shown, 0 to 1; counts are of all = 0.5
-- example: a=KHM b=THA
WITH dated AS (
  SELECT * FROM told
  WHERE country_a = least(upper($a), upper($b)) AND country_b = greatest(upper($a), upper($b)) AND event_date_precision NOT IN ('month', 'year') AND day BETWEEN $since::DATE AND $until::DATE
), days AS (
  SELECT day, count(DISTINCT story_id) AS story_count, count(DISTINCT source_id) AS source_count,
    count(DISTINCT story_id) FILTER (status = 'actual' AND quad_class LIKE '%cooperation') AS cooperation_count,
    count(DISTINCT story_id) FILTER (status = 'actual' AND quad_class LIKE '%conflict') AS conflict_count,
    arg_max(sentence, row(status = 'actual', abs(coalesce(intensity, 0)) * confidence, mention_id)) FILTER (confidence >= $least::DOUBLE) AS lead_sentence,
    arg_max(event_type, row(status = 'actual', abs(coalesce(intensity, 0)) * confidence, mention_id)) FILTER (confidence >= $least::DOUBLE) AS lead_act,
    arg_max(mention_id, row(status = 'actual', abs(coalesce(intensity, 0)) * confidence, mention_id)) FILTER (confidence >= $least::DOUBLE) AS lead_mention_id
  FROM dated GROUP BY day
)
SELECT day, story_count, round(story_count / avg(story_count) OVER (), 1) AS times_the_usual, source_count, cooperation_count, conflict_count,
  lead_act, lead_sentence, lead_mention_id
FROM days
ORDER BY story_count DESC, day DESC
LIMIT $top::INTEGER

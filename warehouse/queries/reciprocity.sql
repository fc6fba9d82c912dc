-- question: Do two countries answer each other in kind, how often and how soon?
-- param a: one country, code or name
-- param b: the other country, code or name
-- param days: an answer counts within so many days, from the next day on = 30
-- param least: rows whose confidence is lower are left out, 0 to 1; 0 for all = 0.5
-- example: a=CAN b=IND
WITH acts AS (  -- leads only; what is dated to a month or a year has no place in an order of days
  FROM told m WHERE m.is_lead AND m.confidence >= $least::DOUBLE AND m.event_date_precision NOT IN ('month', 'year') AND m.day IS NOT NULL
), moves AS (  -- one move a story, day, direction and side: its surest sentence; what both do at once answers nothing
  SELECT *, CASE WHEN quad_class LIKE '%cooperation' THEN 'cooperation' ELSE 'conflict' END AS side
  FROM acts
  WHERE status = 'actual' AND NOT is_reciprocal AND quad_class <> 'standing relation' AND country_a = least(upper($a), upper($b)) AND country_b = greatest(upper($a), upper($b))
  QUALIFY row_number() OVER (PARTITION BY story_id, day, source_country, side ORDER BY confidence DESC, mention_id) = 1
), one_a_day AS (
  FROM moves QUALIFY row_number() OVER (PARTITION BY source_country, side, day ORDER BY confidence DESC, mention_id) = 1
), answered AS (
  SELECT m.*, CASE WHEN r.day <= m.day + $days::INTEGER THEN r END AS answer
  FROM moves m ASOF LEFT JOIN one_a_day r ON m.target_country = r.source_country AND m.side = r.side AND m.day < r.day
), spans AS (  -- how often a window of this length would hold such an act anyway, were the acts spread evenly
  SELECT source_country, side, count(DISTINCT day) AS day_count, (SELECT max(day) - min(day) + 1 FROM moves) AS span_days FROM moves GROUP BY ALL
)
SELECT a.target_country AS answerer, a.source_country AS answers_acts_of, a.side,
  count(*) AS act_count, count(a.answer) AS answered_count, round(count(a.answer) / count(*), 2) AS answered_share,
  round(1 - exp(-1.0 * coalesce(any_value(s.day_count), 0) * $days::INTEGER / any_value(span.span_days)), 2) AS share_by_chance,
  median(a.answer.day - a.day) AS median_days, count(*) < 10 AS is_small
FROM answered a
LEFT JOIN spans s ON s.source_country = a.target_country AND s.side = a.side
CROSS JOIN (SELECT max(day) - min(day) + 1 AS span_days FROM moves) span
GROUP BY ALL
ORDER BY a.side, answerer

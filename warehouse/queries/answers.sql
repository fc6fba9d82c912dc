-- question: How was each act of one country towards another answered in kind?
-- param a: one country, code or name
-- param b: the other country, code or name
-- param days: an answer counts within so many days, from the next day on = 30
-- param side: conflict, cooperation or any = any
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
)
SELECT day, side, source_country, target_country, event_type, sentence, mention_id,
  answer.day AS answered_on, answer.day - day AS days_between, answer.event_type AS answer_type, answer.sentence AS answer_sentence, answer.mention_id AS answer_mention_id
FROM answered
WHERE $side = 'any' OR side = $side
ORDER BY day, source_country, side, mention_id

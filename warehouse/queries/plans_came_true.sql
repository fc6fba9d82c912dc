-- question: Which plans were announced, and did they come true?
-- param a: one country, code or name; any for all = any
-- param b: the other country, code or name; any for all = any
-- param days: the act counts within so many days after the planned day, else after the announcement = 180
-- param least: rows whose confidence is lower are left out, 0 to 1; 0 for all = 0.5
-- example: a=PHL
WITH acts AS (  -- the lead of a story speaks for its copies
  FROM told m WHERE m.is_lead AND m.confidence >= $least::DOUBLE
), plans AS (  -- told once a story: the surest sentence of each plan
  SELECT *, published_at::DATE AS announced_on,
    CASE WHEN event_date_precision IN ('day', 'week', 'month') AND event_date > published_at::DATE THEN event_date END AS planned_for
  FROM acts
  WHERE status = 'planned' AND event_type <> 'RELATE' AND published_at IS NOT NULL AND ($a = 'any' OR upper($a) IN (country_a, country_b)) AND ($b = 'any' OR upper($b) IN (country_a, country_b))
  QUALIFY row_number() OVER (PARTITION BY story_id, source_country, target_country, event_type ORDER BY confidence DESC, mention_id) = 1
), later AS (  -- the same act of the same pair, told after the announcement and not dated before it
  SELECT p.mention_id, f.status AS later_status, f.day AS later_day, f.sentence AS later_sentence, f.mention_id AS later_mention_id
  FROM plans p JOIN acts f ON f.country_a = p.country_a AND f.country_b = p.country_b AND f.event_type = p.event_type
  WHERE f.status IN ('actual', 'negated') AND (f.source_country = p.source_country OR f.is_reciprocal OR p.is_reciprocal)
    AND f.published_at::DATE > p.announced_on AND f.day >= p.announced_on AND f.day <= coalesce(p.planned_for, p.announced_on) + $days::INTEGER
  QUALIFY row_number() OVER (PARTITION BY p.mention_id ORDER BY f.status = 'negated', f.day, f.mention_id) = 1
), last_day AS (
  SELECT max(published_at)::DATE AS until FROM articles
)
SELECT announced_on, planned_for, source_country, target_country, event_type, sentence AS plan, mention_id AS plan_mention_id,
  CASE later_status WHEN 'actual' THEN 'such an act followed' WHEN 'negated' THEN 'said not to have happened'
    ELSE CASE WHEN coalesce(planned_for, announced_on) + $days::INTEGER > until THEN 'still open' ELSE 'nothing found' END END AS outcome,
  later_day, later_sentence, later_mention_id
FROM plans LEFT JOIN later USING (mention_id) CROSS JOIN last_day
ORDER BY announced_on DESC, source_country, target_country, event_type, plan_mention_id

-- question: Which threats were made, and were they carried out?
-- param a: who threatens, code or name; any for all = any
-- param b: whom, code or name; any for all = any
-- param days: a hostile act counts within so many days = 180
-- param least: rows whose confidence is lower are left out, 0 to 1; 0 for all = 0.5
-- example:
WITH acts AS (  -- leads only; what is dated to a month or a year has no place in an order of days
  FROM told m WHERE m.is_lead AND m.confidence >= $least::DOUBLE AND m.event_date_precision NOT IN ('month', 'year') AND m.day IS NOT NULL
), directed AS (  -- what both do, each does
  SELECT *, source_country AS doer, target_country AS other FROM acts
  UNION ALL
  SELECT *, target_country, source_country FROM acts WHERE is_reciprocal
), threats AS (
  SELECT * FROM directed WHERE event_type = 'THREATEN' AND status = 'actual' AND ($a = 'any' OR doer = upper($a)) AND ($b = 'any' OR other = upper($b))
), hostile AS (
  SELECT * FROM directed WHERE quad_class = 'material conflict' AND event_type <> 'PROTEST' AND status = 'actual'  -- crowds carry out no state's threat
  QUALIFY row_number() OVER (PARTITION BY doer, other, day ORDER BY confidence DESC, mention_id) = 1
), last_day AS (
  SELECT max(published_at)::DATE AS until FROM articles
), followed AS (  -- strictly later: what is told on the day of the threat may be its ground
  SELECT t.*, CASE WHEN h.day <= t.day + $days::INTEGER THEN h END AS act
  FROM threats t ASOF LEFT JOIN hostile h ON t.doer = h.doer AND t.other = h.other AND t.day < h.day
)
SELECT day AS threatened_on, doer AS source_country, other AS target_country, sentence AS threat, mention_id AS threat_mention_id,
  CASE WHEN act IS NOT NULL THEN 'a hostile act followed' WHEN day + $days::INTEGER > until THEN 'still open' ELSE 'none found' END AS outcome,
  CASE WHEN act IS NOT NULL THEN EXISTS (FROM mention_sectors x JOIN mention_sectors y USING (sector) WHERE x.mention_id = followed.mention_id AND y.mention_id = act.mention_id) END AS is_same_sector,
  act.event_type AS act_type, act.day AS acted_on, act.day - day AS days_between, act.sentence AS act_sentence, act.mention_id AS act_mention_id
FROM followed, last_day
ORDER BY threatened_on DESC, source_country, target_country, threat_mention_id

-- question: Who demanded what of whom, and was it refused or conceded?
-- param a: who demands, code or name; any for all = any
-- param b: of whom, code or name; any for all = any
-- param days: an answer counts within so many days = 365
-- param least: rows whose confidence is lower are left out, 0 to 1; 0 for all = 0.5
-- example: a=MAR
WITH acts AS (  -- leads only; what is dated to a month or a year has no place in an order of days
  FROM told m WHERE m.is_lead AND m.confidence >= $least::DOUBLE AND m.event_date_precision NOT IN ('month', 'year') AND m.day IS NOT NULL
), directed AS (  -- what both do, each does
  SELECT *, source_country AS doer, target_country AS other FROM acts
  UNION ALL
  SELECT *, target_country, source_country FROM acts WHERE is_reciprocal
), demands AS (
  SELECT * FROM acts WHERE event_type = 'REQUEST' AND status = 'actual' AND NOT is_reciprocal AND ($a = 'any' OR source_country = upper($a)) AND ($b = 'any' OR target_country = upper($b))
), refusals AS (
  SELECT * FROM directed WHERE event_type = 'REJECT' AND status = 'actual'
  QUALIFY row_number() OVER (PARTITION BY doer, other, day ORDER BY confidence DESC, mention_id) = 1
), concessions AS (
  SELECT * FROM directed WHERE event_type IN ('CONCEDE', 'RETREAT') AND status = 'actual'
  QUALIFY row_number() OVER (PARTITION BY doer, other, day ORDER BY confidence DESC, mention_id) = 1
), answered AS (  -- on the same day or later: a refusal is often told in the story of the demand
  SELECT d.*, CASE WHEN r.day <= d.day + $days::INTEGER THEN r END AS refusal, CASE WHEN c.day <= d.day + $days::INTEGER THEN c END AS concession
  FROM demands d
  ASOF LEFT JOIN refusals r ON r.doer = d.target_country AND r.other = d.source_country AND d.day <= r.day
  ASOF LEFT JOIN concessions c ON c.doer = d.target_country AND c.other = d.source_country AND d.day <= c.day
)
SELECT day AS demanded_on, source_country, target_country, sentence AS demand, mention_id AS demand_mention_id,
  CASE WHEN refusal IS NULL AND concession IS NULL THEN 'no answer found' WHEN concession IS NULL THEN 'refused' WHEN refusal IS NULL THEN 'conceded'
    WHEN concession.day > refusal.day THEN 'refused, then conceded' ELSE 'refused and conceded' END AS answer,
  CASE WHEN coalesce(refusal, concession) IS NOT NULL THEN EXISTS (FROM mention_sectors x JOIN mention_sectors y USING (sector) WHERE x.mention_id = answered.mention_id AND y.mention_id = coalesce(refusal, concession).mention_id) END AS is_same_sector,
  refusal.day AS refused_on, refusal.sentence AS refusal, refusal.mention_id AS refusal_mention_id,
  concession.day AS conceded_on, concession.sentence AS concession, concession.mention_id AS concession_mention_id
FROM answered
ORDER BY demanded_on DESC, source_country, target_country, demand_mention_id

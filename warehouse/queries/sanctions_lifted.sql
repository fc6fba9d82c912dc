-- question: Who imposed sanctions, tariffs or bans on whom, and were they lifted?
-- param a: who imposes, code or name; any for all = any
-- param b: on whom, code or name; any for all = any
-- param days: a lifting counts within so many days = 3650
-- param least: rows whose confidence is lower are left out, 0 to 1; 0 for all = 0.5
-- example: a=CAN
WITH acts AS (  -- leads only; what is dated to a month or a year has no place in an order of days
  FROM told m WHERE m.is_lead AND m.confidence >= $least::DOUBLE AND m.event_date_precision NOT IN ('month', 'year') AND m.day IS NOT NULL
), directed AS (  -- what both do, each does
  SELECT *, source_country AS doer, target_country AS other FROM acts
  UNION ALL
  SELECT *, target_country, source_country FROM acts WHERE is_reciprocal
), imposed AS (
  SELECT * FROM directed
  WHERE event_type = 'SANCTION' AND status = 'actual' AND ($a = 'any' OR doer = upper($a)) AND ($b = 'any' OR other = upper($b))
  QUALIFY row_number() OVER (PARTITION BY story_id, doer, other, day ORDER BY confidence DESC, mention_id) = 1
), lifted AS (  -- RETREAT also frees prisoners and withdraws troops: the words tell a lifting
  SELECT * FROM directed
  WHERE event_type IN ('RETREAT', 'CONCEDE') AND status = 'actual'
    AND regexp_matches(sentence, '(?i)lift|eas(e|ed|ing)|remov|restor|reopen|resum|waiv|unfr(ee|o)z|scrap|suspend|sanction|tariff|dut(y|ies)|\bban|embargo|ambassador')
  QUALIFY row_number() OVER (PARTITION BY doer, other, day ORDER BY confidence DESC, mention_id) = 1
), paired AS (
  SELECT i.*, CASE WHEN l.day <= i.day + $days::INTEGER THEN l END AS lifting
  FROM imposed i ASOF LEFT JOIN lifted l ON i.doer = l.doer AND i.other = l.other AND i.day < l.day
)
SELECT day AS imposed_on, doer AS source_country, other AS target_country, sentence AS sanction, mention_id AS sanction_mention_id,
  CASE WHEN lifting IS NULL THEN 'no lifting found' WHEN lifting.event_type = 'CONCEDE' THEN 'lifting announced' ELSE 'something was lifted' END AS outcome,
  CASE WHEN lifting IS NOT NULL THEN EXISTS (FROM mention_sectors x JOIN mention_sectors y USING (sector) WHERE x.mention_id = paired.mention_id AND y.mention_id = lifting.mention_id) END AS is_same_sector,
  lifting.day AS lifted_on, lifting.day - day AS days_between, lifting.sentence AS lifting, lifting.mention_id AS lifting_mention_id
FROM paired
ORDER BY imposed_on DESC, source_country, target_country, sanction_mention_id

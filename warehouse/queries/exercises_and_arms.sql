-- question: Which exercises, arms deliveries and deployments were there?
-- param a: one country, code or name; any for all = any
-- param b: the other country, code or name; any for all = any
-- param since: first day = 0001-01-01
-- param until: last day = 9999-12-31
-- param status: actual, planned, hypothetical or negated; any for all = any
-- param least: rows whose confidence is lower are left out, 0 to 1; 0 for all = 0.5
-- example:
WITH acts AS (  -- the lead of a story speaks for its copies
  FROM told m WHERE m.is_lead AND m.confidence >= $least::DOUBLE
), kinds AS (
  SELECT a.*, CASE
    WHEN a.event_type = 'MOBILIZE' THEN 'deployment'
    WHEN regexp_matches(a.sentence, '(?i)\b(exercis|drill|man(oeu|eu)v|war ?game)') THEN 'exercise'
    WHEN regexp_matches(a.sentence, '(?i)\b(arms|weapon|missile|rocket|aircraft|fighter|jets?\b|helicopter|drone|frigate|destroyer|submarine|warship|patrol (boat|vessel)|tank|artillery|ammunition|radar|rifle|munition)')
      THEN 'arms' END AS kind
  FROM acts a
  WHERE a.event_type = 'MOBILIZE' OR (a.event_type IN ('COOPERATE', 'AID', 'AGREE', 'SUPPORT', 'CONSULT', 'SANCTION')
    AND EXISTS (FROM mention_sectors x WHERE x.mention_id = a.mention_id AND x.sector IN ('defence', 'nuclear')))
)
SELECT a.day, a.kind, a.source_country, a.target_country, a.is_reciprocal, a.event_type, a.status, a.sentence, a.title, a.url,
  round(a.confidence, 2) AS confidence, a.mention_id
FROM kinds a
WHERE a.kind IS NOT NULL AND ($a = 'any' OR upper($a) IN (a.country_a, a.country_b)) AND ($b = 'any' OR upper($b) IN (a.country_a, a.country_b))
  AND (a.day BETWEEN $since::DATE AND $until::DATE OR a.day IS NULL AND $since = '0001-01-01' AND $until = '9999-12-31') AND ($status = 'any' OR a.status = $status)
ORDER BY a.day DESC NULLS LAST, a.country_a, a.country_b, a.mention_id

-- question: Who gives aid to whom, and how much of it is only promised?
-- param a: the giver, code or name; any for all = any
-- param b: the taker, code or name; any for all = any
-- param since: first day = 0001-01-01
-- param until: last day = 9999-12-31
-- param least: rows whose confidence is lower are left out, 0 to 1; 0 for all = 0.5
-- example:
WITH aid AS (  -- a promise of aid is an AGREE about aid (codebook, rule 1)
  SELECT a.*, CASE WHEN a.event_type = 'AID' THEN CASE a.status WHEN 'actual' THEN 'given' WHEN 'negated' THEN 'denied' ELSE 'promised' END
    WHEN a.status = 'actual' THEN 'promised' END AS stage
  FROM told a
  WHERE (a.event_type = 'AID' OR (a.event_type = 'AGREE' AND EXISTS (FROM mention_sectors x WHERE x.mention_id = a.mention_id AND x.sector = 'aid')))
    AND NOT a.is_reciprocal AND a.confidence >= $least::DOUBLE AND ($a = 'any' OR a.source_country = upper($a)) AND ($b = 'any' OR a.target_country = upper($b)) AND (a.day BETWEEN $since::DATE AND $until::DATE OR a.day IS NULL AND $since = '0001-01-01' AND $until = '9999-12-31')
)
SELECT a.source_country AS giver, a.target_country AS taker,
  count(DISTINCT a.story_id) FILTER (stage = 'given') AS given_count, count(DISTINCT a.story_id) FILTER (stage = 'promised') AS promised_count,
  count(DISTINCT a.story_id) FILTER (stage = 'denied') AS denied_count,
  min(a.day) FILTER (stage = 'given') AS first_given_on, max(a.day) FILTER (stage = 'given') AS last_given_on,
  arg_max(a.sentence, row(stage = 'given', a.confidence, a.mention_id)) AS surest_sentence,
  arg_max(a.mention_id, row(stage = 'given', a.confidence, a.mention_id)) AS surest_mention_id
FROM aid a
WHERE stage IS NOT NULL
GROUP BY a.source_country, a.target_country
ORDER BY given_count DESC, promised_count DESC, giver, taker

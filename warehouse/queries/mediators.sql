-- question: Who may mediate: which third countries deal with both parties of a quarrel, speak of peace between them or host them?
-- param a: one party, code or name; any for all = any
-- param b: the other party, code or name; any for all = any
-- param c: the mediator, code or name; any for all = any
-- param since: first day = 0001-01-01
-- param until: last day = 9999-12-31
-- param least: rows whose confidence is lower are left out, 0 to 1; 0 for all = 0.5
-- example:
WITH acts AS (  -- the lead of a story speaks for its copies
  FROM told m WHERE m.is_lead AND m.confidence >= $least::DOUBLE
), peace AS (
  SELECT a.* FROM acts a
  WHERE (a.day BETWEEN $since::DATE AND $until::DATE OR a.day IS NULL AND $since = '0001-01-01' AND $until = '9999-12-31') AND a.status IN ('actual', 'planned')
    AND EXISTS (FROM mention_sectors x WHERE x.mention_id = a.mention_id AND x.sector IN ('conflict', 'territory', 'diplomacy'))
), fights AS (  -- of three countries in one story the mediator is the one that the other two fight less than each other
  SELECT country_a, country_b, count(DISTINCT story_id) FILTER (quad_class = 'material conflict') AS fight_count,
    count(DISTINCT story_id) FILTER (quad_class LIKE '%cooperation') AS cooperation_count
  FROM acts WHERE status = 'actual' GROUP BY country_a, country_b
), parties AS (  -- allies, who fight in one story of a hundred, need no mediator
  SELECT a.*, f.fight_count FROM peace a JOIN fights f USING (country_a, country_b)
  WHERE f.fight_count > 0 AND f.fight_count >= f.cooperation_count / 5
), busy AS (  -- a third that consults, agrees or supports
  SELECT story_id, source_country AS third, target_country AS party, mention_id, confidence, sentence, day FROM peace
  WHERE event_type IN ('CONSULT', 'AGREE', 'SUPPORT', 'REQUEST')
  UNION ALL
  SELECT story_id, target_country, source_country, mention_id, confidence, sentence, day FROM peace
  WHERE event_type IN ('CONSULT', 'AGREE', 'SUPPORT', 'REQUEST')
), found AS (
  SELECT p.story_id, p.country_a, p.country_b, p.fight_count, x.third AS mediator, 'deals with both' AS part, x.mention_id, x.confidence, x.sentence, x.day
  FROM parties p JOIN busy x ON x.story_id = p.story_id AND x.party = p.country_a AND x.third NOT IN (p.country_a, p.country_b)
  JOIN busy y ON y.story_id = p.story_id AND y.party = p.country_b AND y.third = x.third
  UNION ALL
  SELECT story_id, country_a, country_b, fight_count, speaker_country, 'speaks of both', mention_id, confidence, sentence, day
  FROM parties WHERE speaker_country NOT IN (country_a, country_b) AND event_type IN ('CONSULT', 'AGREE', 'SUPPORT', 'CONCEDE', 'RETREAT')
  UNION ALL
  SELECT story_id, country_a, country_b, fight_count, place_country, 'hosts them', mention_id, confidence, sentence, day
  FROM parties WHERE place_country NOT IN (country_a, country_b) AND event_type = 'CONSULT' AND is_reciprocal
)
SELECT f.mediator, f.country_a, f.country_b, count(DISTINCT f.story_id) AS story_count,
  count(DISTINCT f.story_id) FILTER (f.part = 'deals with both') AS deals_count, count(DISTINCT f.story_id) FILTER (f.part = 'speaks of both') AS speaks_count,
  count(DISTINCT f.story_id) FILTER (f.part = 'hosts them') AS hosts_count, min(f.day) AS first_day, max(f.day) AS last_day,
  arg_max(f.sentence, row(f.confidence, f.mention_id)) AS surest_sentence, arg_max(f.mention_id, row(f.confidence, f.mention_id)) AS surest_mention_id
FROM found f
WHERE ($a = 'any' OR upper($a) IN (f.country_a, f.country_b)) AND ($b = 'any' OR upper($b) IN (f.country_a, f.country_b)) AND ($c = 'any' OR f.mediator = upper($c))
  AND f.fight_count > (SELECT coalesce(max(e.fight_count), 0) FROM fights e
    WHERE (e.country_a = f.mediator AND e.country_b IN (f.country_a, f.country_b)) OR (e.country_b = f.mediator AND e.country_a IN (f.country_a, f.country_b)))
GROUP BY f.mediator, f.country_a, f.country_b
ORDER BY story_count DESC, f.mediator, f.country_a, f.country_b

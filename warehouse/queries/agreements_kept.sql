-- question: Which agreements were promised, and was one signed after?
-- param a: one country, code or name; any for all = any
-- param b: the other country, code or name; any for all = any
-- param days: a signing counts for a promise within so many days = 730
-- param least: rows whose confidence is lower are left out, 0 to 1; 0 for all = 0.5
-- example:
WITH stages AS MATERIALIZED (  -- one row a story, pair, stage and name: its surest sentence
  SELECT *, coalesce(event_date, published_at::DATE) AS day,
    (SELECT list(x.sector ORDER BY x.sector) FROM mention_sectors x WHERE x.mention_id = agreements.mention_id) AS sectors,
    -- what any agreement may be called keeps no promise of one
    CASE WHEN NOT regexp_matches(name, '^(Free Trade Agreement|(Joint )?Declaration|Memorandum( of (Understanding|Cooperation))?|Trade Agreement|Economic Partnership Agreement)$') THEN lower(name) END AS own_name
  FROM agreements
  WHERE confidence >= $least::DOUBLE AND ($a = 'any' OR upper($a) IN (country_a, country_b)) AND ($b = 'any' OR upper($b) IN (country_a, country_b))
    AND event_date_precision NOT IN ('month', 'year') AND coalesce(event_date, published_at::DATE) IS NOT NULL
  QUALIFY row_number() OVER (PARTITION BY story_id, country_a, country_b, stage, name ORDER BY agreements.confidence DESC, mention_id) = 1
), paired AS (  -- the first signing that has the name or a sector of the promise: another matter keeps nothing
  SELECT p.*, s.mention_id IS NOT NULL AS is_signed, coalesce(s.own_name = p.own_name, false) AS has_same_name, s.day AS signed_on, s.name AS signed_name,
    s.sentence AS signing, s.mention_id AS signing_mention_id
  FROM (FROM stages WHERE stage <> 'signed') p
  LEFT JOIN (FROM stages WHERE stage = 'signed') s ON s.country_a = p.country_a AND s.country_b = p.country_b AND s.sentence <> p.sentence
    AND s.day BETWEEN p.day AND p.day + $days::INTEGER AND coalesce(s.own_name = p.own_name, list_has_any(s.sectors, p.sectors))
  QUALIFY row_number() OVER (PARTITION BY p.mention_id ORDER BY has_same_name DESC, s.day, s.confidence DESC, s.mention_id) = 1
)
SELECT country_a, country_b, stage, name, day AS promised_on, sentence AS promise, mention_id AS promise_mention_id,
  CASE WHEN NOT is_signed THEN 'no signing found' WHEN has_same_name THEN 'signed, same name' ELSE 'signed, same sector' END AS outcome,
  signed_on, signed_on - day AS days_between, signed_name, signing, signing_mention_id
FROM paired
ORDER BY promised_on DESC, country_a, country_b, promise_mention_id

-- question: What was agreed or signed in the story of a visit?
-- param a: country of the visitor, code or name; any for all = any
-- param b: country of the host, code or name; any for all = any
-- param rank: head of state, head of government, minister or other, by the printed title; any for all, titles or not = any
-- param since: first day = 0001-01-01
-- param until: last day = 9999-12-31
-- param least: rows whose confidence is lower are left out, 0 to 1; 0 for all = 0.5
-- example:
WITH told AS (  -- one row a story, pair and direction: what is done before what is planned, then a named visitor, then the surest
  SELECT *, coalesce(event_date, published_at::DATE) AS day FROM visits
  WHERE status IN ('actual', 'planned') AND confidence >= $least::DOUBLE AND ($a = 'any' OR visitor_country = upper($a)) AND ($b = 'any' OR host_country = upper($b))
    AND ($rank = 'any' OR rank = lower(replace($rank, '-', ' ')))
  QUALIFY row_number() OVER (PARTITION BY story_id, visitor_country, host_country ORDER BY status, visitor IS NULL, confidence DESC, mention_id) = 1
), results AS MATERIALIZED (  -- agreements by name or noun, and what was agreed without one
  SELECT s.story_id, m.country_a, m.country_b, coalesce(g.stage, 'agreed, no agreement named') AS stage, g.name, m.event_type, m.status, m.sentence, m.confidence, m.mention_id
  FROM mentions m JOIN articles s USING (article_id) LEFT JOIN agreements g USING (mention_id)
  WHERE s.is_lead AND m.confidence >= $least::DOUBLE AND m.status IN ('actual', 'planned') AND (m.event_type = 'AGREE' OR g.stage IS NOT NULL)
)
SELECT v.day, v.visitor_country, v.host_country, v.visitor, v.visitor_title, v.rank, v.status, v.sentence, v.mention_id,
  coalesce(r.stage, 'nothing found') AS result, r.name AS agreement_name, r.status AS result_status, r.sentence AS result_sentence, r.mention_id AS result_mention_id
FROM told v LEFT JOIN results r
  ON r.story_id = v.story_id AND r.country_a = least(v.visitor_country, v.host_country) AND r.country_b = greatest(v.visitor_country, v.host_country)
WHERE v.day BETWEEN $since::DATE AND $until::DATE OR v.day IS NULL AND $since = '0001-01-01' AND $until = '9999-12-31'
ORDER BY r.stage IS NULL, v.day DESC NULLS LAST, v.visitor_country, v.host_country, v.mention_id, r.confidence DESC, r.mention_id

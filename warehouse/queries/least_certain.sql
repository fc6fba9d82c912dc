-- question: Which rows is the coder least sure of, and who should look first?
-- param a: one country, code or name; any for all = any
-- param b: the other country, code or name; any for all = any
-- param top: rows = 30
-- example: top=5
WITH acts AS (  -- the lead of a story speaks for its copies
  FROM told m WHERE m.is_lead
)
SELECT round(confidence, 2) AS confidence, source_country, target_country, event_type, status, rules, is_corrected, sentence, title, url, mention_id
FROM acts
WHERE ($a = 'any' OR upper($a) IN (country_a, country_b)) AND ($b = 'any' OR upper($b) IN (country_a, country_b))
ORDER BY is_corrected, acts.confidence, mention_id
LIMIT $top::INTEGER

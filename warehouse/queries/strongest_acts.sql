-- question: What were the strongest acts of cooperation and of conflict between two countries?
-- param a: one country, code or name
-- param b: the other country, code or name
-- param since: first day = 0001-01-01
-- param until: last day = 9999-12-31
-- param top: rows of each = 5
-- param least: rows whose confidence is lower are left out, 0 to 1; 0 for all = 0.5
-- example: a=KHM b=THA
WITH acts AS (  -- the lead of a story speaks for its copies
  FROM told m WHERE m.is_lead AND m.confidence >= $least::DOUBLE
)
SELECT CASE WHEN quad_class LIKE '%cooperation' THEN 'cooperation' ELSE 'conflict' END AS side, intensity, day, source_country, target_country, is_reciprocal,
  event_type, mode, sentence, title, url, round(confidence, 2) AS confidence, mention_id
FROM acts a
WHERE country_a = least(upper($a), upper($b)) AND country_b = greatest(upper($a), upper($b)) AND status = 'actual' AND quad_class <> 'standing relation' AND (a.day BETWEEN $since::DATE AND $until::DATE OR a.day IS NULL AND $since = '0001-01-01' AND $until = '9999-12-31')
QUALIFY row_number() OVER (PARTITION BY side ORDER BY abs(intensity) DESC NULLS LAST, a.confidence DESC, mention_id) <= $top::INTEGER
ORDER BY side, abs(intensity) DESC NULLS LAST, a.confidence DESC, mention_id

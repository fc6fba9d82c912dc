-- question: When were two countries first mentioned together, and first in cooperation or in conflict?
-- param a: one country, code or name
-- param b: the other country, code or name
-- param least: rows whose confidence is lower are left out, 0 to 1; 0 for all = 0.5
-- param sector: only what is about this sector; any for all = any
-- example: a=DZA b=MAR
WITH acts AS (  -- the lead of a story speaks for its copies
  FROM told m WHERE m.is_lead AND m.confidence >= $least::DOUBLE
), kinds AS (
  SELECT 1 AS place, 'any mention' AS kind, * FROM acts
  UNION ALL SELECT 2, 'actual cooperation', * FROM acts WHERE status = 'actual' AND quad_class LIKE '%cooperation'
  UNION ALL SELECT 3, 'actual conflict', * FROM acts WHERE status = 'actual' AND quad_class LIKE '%conflict'
  UNION ALL SELECT 4, 'standing relation', * FROM acts WHERE quad_class = 'standing relation'
)
SELECT kind, published_at::DATE AS first_published_on, source_id, event_type, status, event_date, event_date_precision, sentence, title, url, mention_id
FROM kinds
WHERE country_a = least(upper($a), upper($b)) AND country_b = greatest(upper($a), upper($b)) AND published_at IS NOT NULL
  AND ($sector = 'any' OR EXISTS (FROM mention_sectors x WHERE x.mention_id = kinds.mention_id AND x.sector = lower($sector)))
QUALIFY row_number() OVER (PARTITION BY kind ORDER BY published_at, article_id, sentence_index, mention_id) = 1
ORDER BY place

-- question: What ties two countries, without an event (RELATE)?
-- param a: one country, code or name
-- param b: the other country, code or name
-- param sector: a sector, or any = any
-- param least: rows whose confidence is lower are left out, 0 to 1; 0 for all = 0.5
-- example: a=CAN b=IND
WITH acts AS (  -- the lead of a story speaks for its copies
  FROM told m WHERE m.is_lead AND m.confidence >= $least::DOUBLE
)
SELECT published_at::DATE AS published_on, source_country, target_country, is_reciprocal, status, speaker_country, speaker, sectors, sentence, title, source_id, url,
  round(confidence, 2) AS confidence, mention_id
FROM acts LEFT JOIN (SELECT mention_id, list(sector ORDER BY sector) AS sectors FROM mention_sectors GROUP BY mention_id) USING (mention_id)
WHERE event_type = 'RELATE' AND country_a = least(upper($a), upper($b)) AND country_b = greatest(upper($a), upper($b))
  AND ($sector = 'any' OR list_contains(sectors, lower($sector)))
ORDER BY published_at DESC NULLS LAST, article_id, sentence_index, mention_id

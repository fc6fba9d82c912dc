-- country(a): every statement about a country and any other, with its part in it; leads of stories only
CREATE OR REPLACE MACRO country(a) AS TABLE
SELECT m.day, CASE WHEN m.country_a = upper(a) THEN m.country_b ELSE m.country_a END AS partner,
  CASE WHEN m.is_reciprocal THEN 'both' WHEN m.source_country = upper(a) THEN 'source' ELSE 'target' END AS part,
  m.event_type, m.quad_class, m.status, m.speaker_country, m.speaker, m.sentence, m.title, m.source_id, m.url, m.confidence, m.story_id, m.mention_id
FROM told m
WHERE m.is_lead AND upper(a) IN (m.country_a, m.country_b)
ORDER BY day, m.article_id, m.sentence_index, m.mention_id;
COMMENT ON MACRO TABLE country IS 'every statement about a country and any other, with its part in it; leads of stories only';

-- dyad(a, b), by code or English name: every statement about two countries, with its sentence; leads of stories only
CREATE OR REPLACE MACRO dyad(a, b) AS TABLE
SELECT m.day, m.source_country, m.target_country, m.is_reciprocal, m.event_type, m.quad_class, m.status,
  m.speaker_country, m.speaker, m.sentence, m.title, m.source_id, m.url, m.confidence, m.story_id, m.mention_id
FROM told m
WHERE m.is_lead AND (m.country_a, m.country_b) IN (
  SELECT (least(x.code, y.code), greatest(x.code, y.code))
  FROM (SELECT upper(a) AS code UNION SELECT code FROM countries WHERE upper(name) = upper(a)) x,
    (SELECT upper(b) AS code UNION SELECT code FROM countries WHERE upper(name) = upper(b)) y
)
ORDER BY day, m.article_id, m.sentence_index, m.mention_id;
COMMENT ON MACRO TABLE dyad IS 'every statement about two countries, with its sentence; leads of stories only';

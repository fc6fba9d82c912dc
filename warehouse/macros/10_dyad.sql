-- dyad(a, b): every statement about two countries, with its sentence; leads of stories only
CREATE OR REPLACE MACRO dyad(a, b) AS TABLE
SELECT coalesce(m.event_date, s.published_at::DATE) AS day, m.source_country, m.target_country, m.is_reciprocal, m.event_type, m.quad_class, m.status,
  m.speaker_country, m.speaker, m.sentence, s.title, s.source_id, s.url, m.confidence, s.story_id, m.mention_id
FROM mentions m JOIN articles s USING (article_id)
WHERE s.is_lead AND m.country_a = least(upper(a), upper(b)) AND m.country_b = greatest(upper(a), upper(b))
ORDER BY day, m.article_id, m.sentence_index, m.mention_id;
COMMENT ON MACRO TABLE dyad IS 'every statement about two countries, with its sentence; leads of stories only';

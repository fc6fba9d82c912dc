-- search_sentences(words): coded sentences that speak of the words, with BM25; leads of stories only; needs the fts extension
CREATE OR REPLACE MACRO search_sentences(words) AS TABLE
WITH scored AS (
  SELECT *, fts_main_mentions.match_bm25(mention_id, words) AS score FROM mentions
)
SELECT max(m.score) AS score, min(coalesce(m.event_date, s.published_at::DATE)) AS day, m.sentence,
  list(DISTINCT m.country_a || '-' || m.country_b ORDER BY m.country_a || '-' || m.country_b) AS countries,
  s.title, s.source_id, s.url, m.article_id, list(m.mention_id ORDER BY m.mention_id) AS mention_ids
FROM scored m JOIN articles s USING (article_id)
WHERE m.score IS NOT NULL AND s.is_lead
GROUP BY m.article_id, m.sentence_index, m.sentence, s.title, s.source_id, s.url
ORDER BY score DESC, m.article_id, m.sentence_index;
COMMENT ON MACRO TABLE search_sentences IS 'coded sentences that speak of the words, with BM25; leads of stories only; needs the fts extension';

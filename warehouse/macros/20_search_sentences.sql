-- search_sentences(words): the two hundred coded sentences that speak most of the words, with BM25; leads of stories only; needs the fts extension
-- The score is the one of the extension's match_bm25, which reads every row for it; this reads the words' part of the index.
CREATE OR REPLACE MACRO search_sentences(words) AS TABLE
WITH asked AS (SELECT DISTINCT stem(unnest(fts_main_mentions.tokenize(words)), 'porter') AS term),
terms AS MATERIALIZED (SELECT termid, df FROM fts_main_mentions.dict JOIN asked USING (term)),
found AS (
  SELECT docid, termid, any_value(df) AS df, count(*) AS tf FROM fts_main_mentions.terms JOIN terms USING (termid) GROUP BY docid, termid
), scored AS (
  SELECT name AS mention_id, sum(log((num_docs - df + 0.5) / (df + 0.5) + 1) * tf * 2.2 / (tf + 1.2 * (0.25 + 0.75 * len / avgdl))) AS score
  FROM found JOIN fts_main_mentions.docs USING (docid), fts_main_mentions.stats GROUP BY name
), best AS MATERIALIZED (  -- copies and further mentions of one sentence share the places, so more are looked at than shown
  SELECT * FROM scored ORDER BY score DESC, mention_id LIMIT 1000
)
SELECT max(b.score) AS score, min(coalesce(m.event_date, a.published_at::DATE)) AS day, m.sentence,
  list(DISTINCT m.country_a || '-' || m.country_b ORDER BY m.country_a || '-' || m.country_b) AS countries,
  a.title, a.source_id, a.url, m.article_id, list(m.mention_id ORDER BY m.mention_id) AS mention_ids
FROM best b JOIN mentions m USING (mention_id) JOIN articles a USING (article_id)
WHERE a.is_lead
GROUP BY m.article_id, m.sentence_index, m.sentence, a.title, a.source_id, a.url
ORDER BY score DESC, m.article_id, m.sentence_index LIMIT 200;
COMMENT ON MACRO TABLE search_sentences IS 'the two hundred coded sentences that speak most of the words, with BM25; leads of stories only; needs the fts extension';

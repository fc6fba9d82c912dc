-- search(words): coded sentences and articles that speak of the words; score is BM25 as a share of the best of its kind; needs the fts extension
CREATE OR REPLACE MACRO search(words) AS TABLE
SELECT 'sentence' AS kind, round(score / max(score) OVER (), 3) AS score, day, countries, title, sentence, source_id, url, article_id, mention_ids
FROM search_sentences(words)
UNION ALL
SELECT 'article', round(score / max(score) OVER (), 3), day, NULL, title, passage, source_id, url, article_id, NULL
FROM search_articles(words);
COMMENT ON MACRO TABLE search IS 'coded sentences and articles that speak of the words; score is BM25 as a share of the best of its kind; needs the fts extension';

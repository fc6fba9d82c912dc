-- search_articles(words): the fifty articles that speak most of the words, with BM25 and the passage with most of them; leads only; needs the fts extension
CREATE OR REPLACE MACRO search_articles(words) AS TABLE
WITH asked AS (SELECT DISTINCT stem(unnest(fts_main_articles.tokenize(words)), 'porter') AS term),
terms AS MATERIALIZED (SELECT termid, df FROM fts_main_articles.dict JOIN asked USING (term)),
found AS (
  SELECT docid, termid, any_value(df) AS df, count(*) AS tf FROM fts_main_articles.terms JOIN terms USING (termid) GROUP BY docid, termid
), scored AS (
  SELECT name AS article_id, sum(log((num_docs - df + 0.5) / (df + 0.5) + 1) * tf * 2.2 / (tf + 1.2 * (0.25 + 0.75 * len / avgdl))) AS score
  FROM found JOIN fts_main_articles.docs USING (docid), fts_main_articles.stats GROUP BY name
), leads AS MATERIALIZED (
  SELECT article_id, score FROM scored JOIN (SELECT article_id FROM articles WHERE is_lead) USING (article_id) ORDER BY score DESC, article_id LIMIT 50
), best AS MATERIALIZED (
  SELECT a.*, score FROM articles a JOIN leads USING (article_id)
), wanted AS (
  SELECT list_transform(fts_main_articles.tokenize(words), lambda w: stem(w, 'porter')) AS stems
), pieces AS (
  SELECT article_id, unnest(pieces) AS piece, generate_subscripts(pieces, 1) AS place
  FROM (  -- a single line break is a wrapped line, two end a paragraph; a stop ends a sentence only before a blank
    SELECT article_id, regexp_extract_all(regexp_replace(body, '([^\n])\n([^\n])', '\1 \2', 'g'), '(?:[^.!?\n]|[.!?][^\s"”’)])+[.!?"”’)]*') AS pieces FROM best
  )
), passages AS (
  SELECT article_id, arg_max(trim(piece), row(
    len(list_intersect(list_transform(fts_main_articles.tokenize(piece), lambda w: stem(w, 'porter')), stems)),
    length(trim(piece)) >= 30, -place)) AS passage
  FROM pieces, wanted GROUP BY article_id
)
SELECT b.score, b.published_at::DATE AS day, b.title, p.passage, b.source_id, b.url, b.language, b.is_coded, b.mention_count, b.article_id
FROM best b LEFT JOIN passages p USING (article_id)
ORDER BY b.score DESC, b.article_id;
COMMENT ON MACRO TABLE search_articles IS 'the fifty articles that speak most of the words, with BM25 and the passage with most of them; leads only; needs the fts extension';

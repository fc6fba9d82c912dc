-- question: What does another coder version code otherwise?
-- example:
-- A published file holds each article as it was coded last: the rows of an older coder are replaced with the article. So this
-- compares articles that an older coder read with those that a newer one read (bilateral recode brings all to the newest). What
-- changed in one article can be seen only against an older published file, kept before: ATTACH it in a DuckDB client, join on article_id.
WITH versions AS (
  SELECT coder_version, count(*) AS article_count FROM articles WHERE coder_version IS NOT NULL GROUP BY coder_version
), counted AS (
  SELECT coder_version, event_type, count(*) AS mention_count, count(*) FILTER (status = 'actual') AS actual_count, avg(confidence) AS confidence,
    count(*) FILTER (is_corrected) AS corrected_count
  FROM mentions GROUP BY coder_version, event_type
)
SELECT v.coder_version, c.event_type, v.article_count, c.mention_count, round(c.mention_count / v.article_count, 2) AS mentions_per_article,
  round(c.mention_count / sum(c.mention_count) OVER (PARTITION BY v.coder_version), 3) AS type_share,
  round(c.actual_count / c.mention_count, 2) AS actual_share, round(c.confidence, 2) AS mean_confidence, c.corrected_count
FROM versions v LEFT JOIN counted c USING (coder_version)
ORDER BY v.coder_version DESC, c.mention_count DESC NULLS LAST, c.event_type

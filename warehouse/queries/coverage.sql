-- question: How much comes from each source, how much of it is coded, how much is copies?
-- param since: first day = 0001-01-01
-- param until: last day = 9999-12-31
-- example:
SELECT s.source_id, any_value(s.name) AS name, any_value(s.outlet_type) AS outlet_type, any_value(s.country) AS outlet_country,
  count(a.article_id) AS article_count, min(a.published_at)::DATE AS first_day, max(a.published_at)::DATE AS last_day,
  round(count(a.published_at) / (max(a.published_at)::DATE - min(a.published_at)::DATE + 1), 2) AS articles_a_day,
  count(*) FILTER (a.published_at IS NULL AND a.article_id IS NOT NULL) AS undated_count,
  round(count(*) FILTER (a.is_coded) / nullif(count(a.article_id), 0), 2) AS coded_share,
  round(count(*) FILTER (NOT a.is_lead) / nullif(count(a.article_id), 0), 2) AS copy_share,
  round(count(*) FILTER (a.mention_count > 0) / nullif(count(*) FILTER (a.is_coded), 0), 2) AS with_mentions_share,
  round(sum(a.mention_count) / nullif(count(*) FILTER (a.is_coded), 0), 1) AS mentions_per_coded_article,
  string_agg(DISTINCT a.language, ', ' ORDER BY a.language) AS languages
FROM sources s LEFT JOIN articles a
  ON a.source_id = s.source_id AND (a.published_at::DATE BETWEEN $since::DATE AND $until::DATE OR a.published_at IS NULL AND $since = '0001-01-01' AND $until = '9999-12-31')
GROUP BY s.source_id
ORDER BY article_count DESC, s.source_id

"""Figures over the whole warehouse that the set-level rules look at."""

METRICS_SQL = """
WITH latest AS (SELECT * FROM articles WHERE run_id = $run_id AND is_coded),
past AS (
  SELECT run_id, avg((mention_count > 0)::INT) AS share FROM articles WHERE run_id <> $run_id AND is_coded
  GROUP BY run_id HAVING count(*) >= 20
)
SELECT
  (SELECT count(*) FROM latest) AS article_count,
  (SELECT avg((mention_count > 0)::INT) FROM latest) AS mention_share,
  (SELECT avg(share) FROM past) AS past_mention_share,
  (SELECT coalesce(stddev_samp(share), 0) FROM past) AS past_mention_share_deviation,
  (SELECT count(*) FROM past) AS past_run_count,
  (SELECT count(*) - count(DISTINCT mention_id) FROM mentions) AS duplicate_mention_count,
  (SELECT count(*) - count(DISTINCT article_id) FROM articles) AS duplicate_article_count,
  (SELECT count(*) - count(DISTINCT (mention_id, sector)) FROM mention_sectors) AS duplicate_sector_count,
  (SELECT count(*) - count(DISTINCT (mention_id, role, text)) FROM mention_actors) AS duplicate_actor_count,
  (SELECT count(*) FROM mentions m ANTI JOIN articles a USING (article_id)) AS orphan_mention_count,
  (SELECT count(*) FROM mention_sectors s ANTI JOIN mentions m USING (mention_id)) AS orphan_sector_count,
  (SELECT count(*) FROM mention_actors s ANTI JOIN mentions m USING (mention_id)) AS orphan_actor_count,
  (SELECT count(*) FROM mentions WHERE source_country = target_country) AS self_pair_count,
  (SELECT count(*) FROM (SELECT source_country AS code FROM mentions UNION ALL SELECT target_country FROM mentions)
     ANTI JOIN countries USING (code)) AS unknown_code_count,
  (SELECT count(*) FROM articles WHERE published_at > fetched_at + INTERVAL 2 DAY) AS future_date_count,
  (SELECT count(*) FROM articles a WHERE a.mention_count <> (SELECT count(*) FROM mentions m WHERE m.article_id = a.article_id))
    AS wrong_mention_count
"""

-- one pair of countries in one sector in one month
CREATE OR REPLACE VIEW dyad_sector_month AS
SELECT
  m.country_a, m.country_b, s.sector,
  date_trunc('month', coalesce(m.event_date, a.published_at::DATE))::DATE AS month,
  count(DISTINCT a.story_id) AS story_count,
  count(DISTINCT a.story_id) FILTER (m.quad_class LIKE '%cooperation' AND m.status = 'actual') AS cooperation_count,
  count(DISTINCT a.story_id) FILTER (m.quad_class LIKE '%conflict' AND m.status = 'actual') AS conflict_count
FROM mentions m JOIN articles a USING (article_id) JOIN mention_sectors s USING (mention_id)
WHERE coalesce(m.event_date, a.published_at::DATE) IS NOT NULL
GROUP BY ALL;
COMMENT ON VIEW dyad_sector_month IS 'one pair of countries in one sector in one month';
COMMENT ON COLUMN dyad_sector_month.country_a IS 'Alphabetically first of the pair';
COMMENT ON COLUMN dyad_sector_month.country_b IS 'Alphabetically second of the pair';
COMMENT ON COLUMN dyad_sector_month.sector IS 'Sector; see sectors';
COMMENT ON COLUMN dyad_sector_month.month IS 'First day of the month';
COMMENT ON COLUMN dyad_sector_month.story_count IS 'Stories';
COMMENT ON COLUMN dyad_sector_month.cooperation_count IS 'Stories with actual cooperation';
COMMENT ON COLUMN dyad_sector_month.conflict_count IS 'Stories with actual conflict';

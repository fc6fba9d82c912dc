-- one pair of countries in one sector in one month
CREATE OR REPLACE VIEW dyad_sector_month AS
WITH stories AS (  -- a story counts once whatever its copies and sentences
  SELECT m.country_a, m.country_b, s.sector, date_trunc('month', m.day)::DATE AS month, m.story_id,
    max(m.confidence) FILTER (m.status = 'actual' AND m.quad_class LIKE '%cooperation') AS cooperation_likely,
    max(m.confidence) FILTER (m.status = 'actual' AND m.quad_class LIKE '%conflict') AS conflict_likely
  FROM told m JOIN mention_sectors s USING (mention_id)
  WHERE m.day IS NOT NULL
  GROUP BY ALL
)
SELECT
  country_a, country_b, sector, month, count(*) AS story_count, count(cooperation_likely) AS cooperation_count, count(conflict_likely) AS conflict_count,
  coalesce(sum(cooperation_likely), 0) AS cooperation_likely, coalesce(sum(conflict_likely), 0) AS conflict_likely
FROM stories GROUP BY ALL;
COMMENT ON VIEW dyad_sector_month IS 'one pair of countries in one sector in one month';
COMMENT ON COLUMN dyad_sector_month.country_a IS 'Alphabetically first of the pair';
COMMENT ON COLUMN dyad_sector_month.country_b IS 'Alphabetically second of the pair';
COMMENT ON COLUMN dyad_sector_month.sector IS 'Sector; see sectors';
COMMENT ON COLUMN dyad_sector_month.month IS 'First day of the month, a DATE; months without stories have no row';
COMMENT ON COLUMN dyad_sector_month.story_count IS 'Stories';
COMMENT ON COLUMN dyad_sector_month.cooperation_count IS 'Stories with actual cooperation';
COMMENT ON COLUMN dyad_sector_month.conflict_count IS 'Stories with actual conflict';
COMMENT ON COLUMN dyad_sector_month.cooperation_likely IS 'Expected number of stories with actual cooperation: of each story the highest confidence among its mentions of that side, summed';
COMMENT ON COLUMN dyad_sector_month.conflict_likely IS 'Expected number of stories with actual conflict: of each story the highest confidence among its mentions of that side, summed';

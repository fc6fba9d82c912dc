-- one country in one year over all its partners
CREATE OR REPLACE VIEW country_profile AS
WITH sides AS (
  SELECT country_a AS country, country_b AS partner, year, story_count, cooperation_count, conflict_count FROM dyad_year
  UNION ALL
  SELECT country_b, country_a, year, story_count, cooperation_count, conflict_count FROM dyad_year
)
SELECT country, year, count(*) AS partner_count, sum(story_count) AS story_count, sum(cooperation_count) AS cooperation_count,
  sum(conflict_count) AS conflict_count, arg_max(partner, row(cooperation_count, partner)) AS closest_partner,
  CASE WHEN max(conflict_count) > 0 THEN arg_max(partner, row(conflict_count, partner)) END AS chief_opponent
FROM sides GROUP BY ALL;
COMMENT ON VIEW country_profile IS 'one country in one year over all its partners';
COMMENT ON COLUMN country_profile.country IS 'The country';
COMMENT ON COLUMN country_profile.year IS 'First day of the year';
COMMENT ON COLUMN country_profile.partner_count IS 'Countries it is mentioned with';
COMMENT ON COLUMN country_profile.story_count IS 'Stories, counted once a partner';
COMMENT ON COLUMN country_profile.cooperation_count IS 'Stories with actual cooperation';
COMMENT ON COLUMN country_profile.conflict_count IS 'Stories with actual conflict';
COMMENT ON COLUMN country_profile.closest_partner IS 'Partner with most cooperation';
COMMENT ON COLUMN country_profile.chief_opponent IS 'Partner with most conflict, null if none';

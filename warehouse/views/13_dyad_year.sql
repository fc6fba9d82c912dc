-- one pair of countries in one year; stories, not copies
CREATE OR REPLACE VIEW dyad_year AS
SELECT * EXCLUDE (unit) RENAME (period AS year) FROM dyad_period WHERE unit = 'year';
COMMENT ON VIEW dyad_year IS 'one pair of countries in one year; stories, not copies';
COMMENT ON COLUMN dyad_year.country_a IS 'Alphabetically first of the pair';
COMMENT ON COLUMN dyad_year.country_b IS 'Alphabetically second of the pair';
COMMENT ON COLUMN dyad_year.year IS 'First day of the year, a DATE (extract(year FROM year) gives the number); years without stories have no row';
COMMENT ON COLUMN dyad_year.story_count IS 'Stories that say something of the pair';
COMMENT ON COLUMN dyad_year.source_count IS 'Outlets behind them';
COMMENT ON COLUMN dyad_year.cooperation_count IS 'Stories with actual cooperation, verbal or material';
COMMENT ON COLUMN dyad_year.conflict_count IS 'Stories with actual conflict, verbal or material';
COMMENT ON COLUMN dyad_year.cooperation_likely IS 'Expected number of stories with actual cooperation: of each story the highest confidence among its mentions of that side, summed';
COMMENT ON COLUMN dyad_year.conflict_likely IS 'Expected number of stories with actual conflict: of each story the highest confidence among its mentions of that side, summed';
COMMENT ON COLUMN dyad_year.verbal_cooperation_count IS 'Stories with actual verbal cooperation';
COMMENT ON COLUMN dyad_year.material_cooperation_count IS 'Stories with actual material cooperation';
COMMENT ON COLUMN dyad_year.verbal_conflict_count IS 'Stories with actual verbal conflict';
COMMENT ON COLUMN dyad_year.material_conflict_count IS 'Stories with actual material conflict';
COMMENT ON COLUMN dyad_year.not_yet_count IS 'Stories with something planned or hypothetical, which is never in the counts of actual acts';
COMMENT ON COLUMN dyad_year.denied_count IS 'Stories with what is said not to have happened';
COMMENT ON COLUMN dyad_year.cooperation_intensity IS 'Mean PLOVER score of actual cooperation, 0 to 10';
COMMENT ON COLUMN dyad_year.conflict_intensity IS 'Mean PLOVER score of actual conflict, -10 to 0';

-- one pair of countries in one month; stories, not copies
CREATE OR REPLACE VIEW dyad_month AS
SELECT * EXCLUDE (unit) RENAME (period AS month) FROM dyad_period WHERE unit = 'month';
COMMENT ON VIEW dyad_month IS 'one pair of countries in one month; stories, not copies';
COMMENT ON COLUMN dyad_month.country_a IS 'Alphabetically first of the pair';
COMMENT ON COLUMN dyad_month.country_b IS 'Alphabetically second of the pair';
COMMENT ON COLUMN dyad_month.month IS 'First day of the month, a DATE; months without stories have no row';
COMMENT ON COLUMN dyad_month.story_count IS 'Stories that say something of the pair';
COMMENT ON COLUMN dyad_month.source_count IS 'Outlets behind them';
COMMENT ON COLUMN dyad_month.cooperation_count IS 'Stories with actual cooperation, verbal or material';
COMMENT ON COLUMN dyad_month.conflict_count IS 'Stories with actual conflict, verbal or material';
COMMENT ON COLUMN dyad_month.cooperation_likely IS 'Expected number of stories with actual cooperation: of each story the highest confidence among its mentions of that side, summed';
COMMENT ON COLUMN dyad_month.conflict_likely IS 'Expected number of stories with actual conflict: of each story the highest confidence among its mentions of that side, summed';
COMMENT ON COLUMN dyad_month.verbal_cooperation_count IS 'Stories with actual verbal cooperation';
COMMENT ON COLUMN dyad_month.material_cooperation_count IS 'Stories with actual material cooperation';
COMMENT ON COLUMN dyad_month.verbal_conflict_count IS 'Stories with actual verbal conflict';
COMMENT ON COLUMN dyad_month.material_conflict_count IS 'Stories with actual material conflict';
COMMENT ON COLUMN dyad_month.not_yet_count IS 'Stories with something planned or hypothetical, which is never in the counts of actual acts';
COMMENT ON COLUMN dyad_month.denied_count IS 'Stories with what is said not to have happened';
COMMENT ON COLUMN dyad_month.cooperation_intensity IS 'Mean PLOVER score of actual cooperation, 0 to 10';
COMMENT ON COLUMN dyad_month.conflict_intensity IS 'Mean PLOVER score of actual conflict, -10 to 0';

-- one pair of countries on one day; stories, not copies
CREATE OR REPLACE VIEW dyad_day AS
SELECT * EXCLUDE (unit) RENAME (period AS day) FROM dyad_period WHERE unit = 'day';
COMMENT ON VIEW dyad_day IS 'one pair of countries on one day; stories, not copies';
COMMENT ON COLUMN dyad_day.country_a IS 'Alphabetically first of the pair';
COMMENT ON COLUMN dyad_day.country_b IS 'Alphabetically second of the pair';
COMMENT ON COLUMN dyad_day.day IS 'Day of the event, else of publication; days without stories have no row';
COMMENT ON COLUMN dyad_day.story_count IS 'Stories that say something of the pair';
COMMENT ON COLUMN dyad_day.source_count IS 'Outlets behind them';
COMMENT ON COLUMN dyad_day.cooperation_count IS 'Stories with actual cooperation, verbal or material';
COMMENT ON COLUMN dyad_day.conflict_count IS 'Stories with actual conflict, verbal or material';
COMMENT ON COLUMN dyad_day.cooperation_likely IS 'Expected number of stories with actual cooperation: of each story the highest confidence among its mentions of that side, summed';
COMMENT ON COLUMN dyad_day.conflict_likely IS 'Expected number of stories with actual conflict: of each story the highest confidence among its mentions of that side, summed';
COMMENT ON COLUMN dyad_day.verbal_cooperation_count IS 'Stories with actual verbal cooperation';
COMMENT ON COLUMN dyad_day.material_cooperation_count IS 'Stories with actual material cooperation';
COMMENT ON COLUMN dyad_day.verbal_conflict_count IS 'Stories with actual verbal conflict';
COMMENT ON COLUMN dyad_day.material_conflict_count IS 'Stories with actual material conflict';
COMMENT ON COLUMN dyad_day.not_yet_count IS 'Stories with something planned or hypothetical, which is never in the counts of actual acts';
COMMENT ON COLUMN dyad_day.denied_count IS 'Stories with what is said not to have happened';
COMMENT ON COLUMN dyad_day.cooperation_intensity IS 'Mean PLOVER score of actual cooperation, 0 to 10';
COMMENT ON COLUMN dyad_day.conflict_intensity IS 'Mean PLOVER score of actual conflict, -10 to 0';

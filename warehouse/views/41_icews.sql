-- actual events in ICEWS' 20 columns, CAMEO root codes; reciprocal events stand twice as there
CREATE OR REPLACE VIEW icews AS
WITH both_ways AS (
  SELECT *, source_country AS s, target_country AS t FROM told
  UNION ALL
  SELECT *, target_country AS s, source_country AS t FROM told WHERE is_reciprocal
)
SELECT
  m.mention_id AS "Event ID", m.day AS "Event Date",
  coalesce((SELECT min(coalesce(x.name, x.text)) FROM mention_actors x WHERE x.mention_id = m.mention_id AND x.country = m.s), cs.name) AS "Source Name",
  (SELECT min(x.actor_type) FROM mention_actors x WHERE x.mention_id = m.mention_id AND x.country = m.s) AS "Source Sectors", cs.name AS "Source Country",
  m.event_type AS "Event Text",
  CASE m.event_type WHEN 'AGREE' THEN '03' WHEN 'CONSULT' THEN '04' WHEN 'SUPPORT' THEN '05' WHEN 'CONCEDE' THEN '08' WHEN 'COOPERATE' THEN '06' WHEN 'AID' THEN '07'
    WHEN 'RETREAT' THEN '08' WHEN 'REQUEST' THEN '10' WHEN 'ACCUSE' THEN '11' WHEN 'REJECT' THEN '12' WHEN 'THREATEN' THEN '13' WHEN 'PROTEST' THEN '14'
    WHEN 'SANCTION' THEN '16' WHEN 'MOBILIZE' THEN '15' WHEN 'COERCE' THEN '17' WHEN 'ASSAULT' THEN '19' END AS "CAMEO Code",
  m.intensity AS "Intensity",
  coalesce((SELECT min(coalesce(x.name, x.text)) FROM mention_actors x WHERE x.mention_id = m.mention_id AND x.country = m.t), ct.name) AS "Target Name",
  (SELECT min(x.actor_type) FROM mention_actors x WHERE x.mention_id = m.mention_id AND x.country = m.t) AS "Target Sectors", ct.name AS "Target Country",
  m.story_id AS "Story ID", m.sentence_index + 1 AS "Sentence Number", m.source_id AS "Publisher", m.place AS "City", NULL::VARCHAR AS "District", NULL::VARCHAR AS "Province",
  m.place_country AS "Country", NULL::DOUBLE AS "Latitude", NULL::DOUBLE AS "Longitude"
FROM both_ways m
LEFT JOIN countries cs ON cs.code = m.s LEFT JOIN countries ct ON ct.code = m.t
WHERE m.event_type <> 'RELATE' AND m.status = 'actual' AND m.is_lead AND m.day IS NOT NULL;
COMMENT ON VIEW icews IS 'actual events in ICEWS'' 20 columns, CAMEO root codes; reciprocal events stand twice as there';
COMMENT ON COLUMN icews."Event ID" IS 'The mention; a reciprocal one stands twice';
COMMENT ON COLUMN icews."Event Date" IS 'Day of the event, else of publication; rows with neither stay out';
COMMENT ON COLUMN icews."Source Name" IS 'Who acts: actor of that country, else the country';
COMMENT ON COLUMN icews."Source Sectors" IS 'Kind of actor';
COMMENT ON COLUMN icews."Source Country" IS 'Country that acts, English name';
COMMENT ON COLUMN icews."Event Text" IS 'PLOVER event type';
COMMENT ON COLUMN icews."CAMEO Code" IS 'CAMEO root code, two digits';
COMMENT ON COLUMN icews."Intensity" IS 'PLOVER score, -10 to +10 (no Goldstein score)';
COMMENT ON COLUMN icews."Target Name" IS 'On whom: actor of that country, else the country';
COMMENT ON COLUMN icews."Target Sectors" IS 'Kind of actor';
COMMENT ON COLUMN icews."Target Country" IS 'Country acted on, English name';
COMMENT ON COLUMN icews."Story ID" IS 'The story';
COMMENT ON COLUMN icews."Sentence Number" IS 'Place of the sentence in the article, from 1';
COMMENT ON COLUMN icews."Publisher" IS 'Outlet; see sources';
COMMENT ON COLUMN icews."City" IS 'Where, as printed; it need be no city';
COMMENT ON COLUMN icews."District" IS 'always null: the project does not code it';
COMMENT ON COLUMN icews."Province" IS 'always null: the project does not code it';
COMMENT ON COLUMN icews."Country" IS 'Code of the country of the place';
COMMENT ON COLUMN icews."Latitude" IS 'always null: the project does not code it';
COMMENT ON COLUMN icews."Longitude" IS 'always null: the project does not code it';

-- one agreement said of in one sentence: promised, to be signed, signed
CREATE OR REPLACE VIEW agreements AS
WITH said AS (
  SELECT m.*, a.title AS article_title, a.published_at, a.url, a.story_id,
    regexp_replace(m.sentence, '\s+', ' ', 'g') AS words,
    -- what stands before the first verb of signing in the past or passive; null where there is none
    nullif(regexp_extract(words, '(?i)^(.*?\b)(signed|ratified|concluded|initial?led|entered into|came into force|took effect|sealed)\b', 0), '') AS to_verb,
    regexp_extract(words, '(?i)^(.*?)\b(signed|ratified|concluded|initial?led|entered into|came into force|took effect|sealed)\b', 1) AS before_verb
  FROM mentions m JOIN articles a USING (article_id)
  WHERE a.is_lead AND m.is_reciprocal AND m.status IN ('actual', 'planned') AND m.event_type IN ('AGREE', 'SUPPORT')
    -- without "a great deal" and "dealt with" a deal is an agreement
    AND regexp_matches(regexp_replace(m.sentence, '(?i)\b(great|good) deal\b|\bdeals? (more|less|with)\b|\bto deal\b|\bown accord\b', ' ', 'g'),
      '(?i)\b(agreements?|treat(y|ies)|accords?|memorand(um|a)|mous?|pacts?|compacts?|conventions?|protocols?|deals?|contracts?|arrangements?|partnerships?|ceasefires?|truces?|armistices?|charters?|joint declarations?|letters? of intent)\b')
), judged AS (
  SELECT *, to_verb IS NOT NULL AND status = 'actual'
      AND NOT regexp_matches(before_verb, '(?i)\b(will|would|shall|should|could|may|might|to be|to have|having|early|time to|hop(e|es|ed|ing)|propos\w*|plan(s|ned|ning)?|yet|until|unless)\b')
      AND NOT regexp_matches(before_verb, '(?i)\b(when|once|if|not|never|after being|before being|be|being)\s+(it is |they are |finally )?$') AS is_signed,
    regexp_matches(words, '(?i)\b(sign|signs|signed|signature|ratify|ratifies|ratified|conclude|concluded|initial?led|entered into)\b') AS has_signing
  FROM said
), staged AS (
  SELECT *, CASE WHEN is_signed THEN 'signed' WHEN event_type = 'AGREE' THEN 'promised' WHEN has_signing AND (status = 'planned' OR to_verb IS NOT NULL
      OR regexp_matches(words, '(?i)\b(to|will|would|shall)( be)? (sign|ratify|conclude)')) THEN 'to be signed' END AS stage
  FROM judged
), named AS (
  SELECT *,
    coalesce(
      -- Amber Coast Treaty; Agreement between X and Y on Z; one capitalised noun alone ("the Agreement") is no name
      nullif(regexp_extract(words, '((?:(?:\p{Lu}[\p{L}\p{N}''’.–-]*|[0-9]{4})(?: (?:of|on|for|and|against|of the|on the|for the))? )+(?:Agreement|Treaty|Accords?|Memorandum|MOU|MoU|Pact|Compact|Convention|Protocol|Arrangement|Partnership|Charter|Declaration)\b(?: (?:of|on|for|between|concerning|against|relating to|with)(?: the)? \p{Lu}[\p{L}\p{N}''’.–-]*(?:(?: (?:and|of|on|for|the|to|between|concerning|against)){0,3} \p{Lu}[\p{L}\p{N}''’.–-]*)*)?)', 1), ''),
      nullif(regexp_extract(words, '((?:Agreement|Treaty|Accord|Memorandum|MOU|MoU|Pact|Compact|Convention|Protocol|Arrangement|Partnership|Charter|Declaration) (?:of|on|for|between|concerning|against|relating to|with)(?: the)? \p{Lu}[\p{L}\p{N}''’.–-]*(?:(?: (?:and|of|on|for|the|to|between|concerning|against)){0,3} \p{Lu}[\p{L}\p{N}''’.–-]*)*)', 1), ''),
      nullif(regexp_extract(words, '(?i:agreement|treaty|accord|memorandum|mou|pact|compact|convention|protocol|arrangement|partnership|deal|contract|charter),?(?: (?:called|named|known as|titled|entitled|dubbed))? ["“‘](\p{Lu}[^"”’]{2,80})["”’]', 1), ''),
      nullif(regexp_extract(words, '["“‘](\p{Lu}[^"”’]{2,80})["”’] (?i:agreement|treaty|accord|memorandum|mou|pact|compact|convention|protocol|arrangement|partnership|deal|contract|charter)', 1), '')
    ).regexp_replace('^(The|This|That|An?|Our|Their|Under|In|By|On|At|After|With|Also|Both|And|But|We|Yesterday|Today) (the )?', '').rtrim('.–-''’') AS printed_name
  FROM staged WHERE stage IS NOT NULL
)
SELECT  -- "The Agreement" at the head of a sentence is no name once its article is gone
  country_a, country_b, stage, CASE WHEN contains(printed_name, ' ') THEN printed_name END AS name,
  event_date, event_date_precision, trigger, sentence, article_title, published_at, url, confidence, story_id, mention_id
FROM named
-- A sentence that tells of a signing is no promise as well.
QUALIFY row_number() OVER (PARTITION BY article_id, sentence_index, country_a, country_b
  ORDER BY stage = 'signed' DESC, stage = 'to be signed' DESC, event_type = 'SUPPORT' DESC, confidence DESC, mention_id) = 1;
COMMENT ON VIEW agreements IS 'one agreement said of in one sentence: promised, to be signed, signed';
COMMENT ON COLUMN agreements.country_a IS 'Alphabetically first of the pair';
COMMENT ON COLUMN agreements.country_b IS 'Alphabetically second of the pair';
COMMENT ON COLUMN agreements.stage IS 'promised (AGREE that names an agreement), to be signed, or signed (said in the past or passive to be signed, ratified or in force)';
COMMENT ON COLUMN agreements.name IS 'Name of the agreement as printed, where a capitalised or quoted one stands in the sentence';
COMMENT ON COLUMN agreements.event_date IS 'Day';
COMMENT ON COLUMN agreements.event_date_precision IS 'What the day rests on';
COMMENT ON COLUMN agreements.trigger IS 'Word that carries it';
COMMENT ON COLUMN agreements.sentence IS 'The sentence';
COMMENT ON COLUMN agreements.article_title IS 'Headline';
COMMENT ON COLUMN agreements.published_at IS 'Publication, UTC';
COMMENT ON COLUMN agreements.url IS 'Address';
COMMENT ON COLUMN agreements.confidence IS 'Probability that the row is right';
COMMENT ON COLUMN agreements.story_id IS 'The story: several rows of one story may tell of one agreement';
COMMENT ON COLUMN agreements.mention_id IS 'The mention';

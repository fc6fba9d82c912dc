-- question: Which sentences and articles speak of these words?
-- param words: the words looked for; word forms count as one
-- param top: rows = 20
-- example: words=fishermen
SELECT kind, score, day, countries, title, sentence, source_id, url, article_id, mention_ids
FROM search($words)
ORDER BY score DESC, kind, article_id, sentence
LIMIT $top::INTEGER

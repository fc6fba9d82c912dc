"""The coder as spaCy components: ``nlp.add_pipe("bilateral_mentions")`` on any pipeline gives ``doc._.mentions``.

``bilateral_sentences`` sets sentence starts by the coder's own splitter; ``bilateral_mentions`` codes the doc. The title, the day
of publication and the outlet come from ``doc._.title``, ``doc._.published`` and ``doc._.source`` where they are set.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from spacy.language import Language
from spacy.tokens import Doc

if TYPE_CHECKING:
    from transforms.coding.coder import Coder

for name, default in (("title", None), ("published", None), ("source", None)):
    Doc.set_extension(name, default=default, force=True)
Doc.set_extension("mentions", default=None, force=True)


@Language.factory("bilateral_sentences", assigns=["token.is_sent_start", "doc.sents"], default_config={})
def make_sentences(nlp: Language, name: str) -> SentenceSplitter:
    """Factory of the sentence splitter."""
    return SentenceSplitter()


@Language.factory("bilateral_mentions", assigns=["doc._.mentions"], default_config={"model": None, "threads": 0})
def make_mentions(nlp: Language, name: str, model: str | None, threads: int) -> MentionCoder:
    """Factory of the coder; ``model`` is another model folder, ``threads`` 0 takes all cores."""
    from transforms.coding.coder import Coder
    from transforms.coding.encoder import MODEL_FOLDER

    return MentionCoder(Coder(Path(model) if model else MODEL_FOLDER, threads))


class SentenceSplitter:
    """Sets ``token.is_sent_start`` from the coder's sentence boundaries."""

    def __call__(self, doc: Doc) -> Doc:
        from transforms.coding.sentences import split_sentences

        starts = {start for start, _ in split_sentences(doc.text)}
        for token in doc:
            token.is_sent_start = token.idx in starts or token.i == 0
        return doc


class MentionCoder:
    """Codes docs; ``doc._.mentions`` is a list of ``transforms.coding.coder.Mention`` with offsets into ``doc.text``."""

    def __init__(self, coder: Coder) -> None:
        self.coder = coder

    def __call__(self, doc: Doc) -> Doc:
        doc._.mentions = self.coder.code([self._article(doc)])[0]
        return doc

    def pipe(self, stream: Any, batch_size: int = 128) -> Any:
        """Code docs in batches: the encoder runs on sentences of like length together."""
        from spacy.util import minibatch

        for docs in minibatch(stream, size=batch_size):
            batch = list(docs)
            for doc, mentions in zip(batch, self.coder.code([self._article(d) for d in batch]), strict=True):
                doc._.mentions = mentions
                yield doc

    def _article(self, doc: Doc) -> Any:
        from transforms.coding.coder import ArticleText

        return ArticleText(doc._.title, doc.text, doc._.published, doc._.source)

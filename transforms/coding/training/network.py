"""The encoder with its heads, in plain PyTorch: a BERT-shaped body and small heads on the three tokens of each pair."""

from __future__ import annotations

from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch import Tensor, nn

from transforms.coding.labels import DIRECTIONS, EVENT_TYPES, GIVEN_ACTOR_TYPES, SECTORS, STATUSES

HIDDEN, HEADS, FEED, LAYERS, VOCABULARY, POSITIONS = 384, 12, 1536, 6, 30522, 512


class Layer(nn.Module):
    def __init__(self, dropout: float) -> None:
        super().__init__()
        self.qkv, self.out = nn.Linear(HIDDEN, 3 * HIDDEN), nn.Linear(HIDDEN, HIDDEN)
        self.up, self.down = nn.Linear(HIDDEN, FEED), nn.Linear(FEED, HIDDEN)
        self.norm1, self.norm2 = nn.LayerNorm(HIDDEN, eps=1e-12), nn.LayerNorm(HIDDEN, eps=1e-12)
        self.drop = nn.Dropout(dropout)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        batch, length, _ = x.shape
        q, k, v = self.qkv(x).reshape(batch, length, 3, HEADS, HIDDEN // HEADS).permute(2, 0, 3, 1, 4)
        seen = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        seen = seen.transpose(1, 2).reshape(batch, length, HIDDEN)
        x = self.norm1(x + self.drop(self.out(seen)))
        return self.norm2(x + self.drop(self.down(F.gelu(self.up(x)))))


class RelationNetwork(nn.Module):
    """Inputs as ``encoding.collate`` gives them. Outputs for N pairs: ``types`` (N, 17), ``given`` (N, 15), and for every pair and
    type ``directions`` (N, 17, 3), ``statuses`` (N, 17, 4), ``sectors`` (N, 17, 32), ``speakers`` (N, 17, 7: six slots and none); logits."""

    def __init__(self, dropout: float = 0.1) -> None:
        super().__init__()
        self.words, self.places = nn.Embedding(VOCABULARY, HIDDEN), nn.Embedding(POSITIONS, HIDDEN)
        self.norm, self.drop = nn.LayerNorm(HIDDEN, eps=1e-12), nn.Dropout(dropout)
        self.layers = nn.ModuleList(Layer(dropout) for _ in range(LAYERS))
        self.merge = nn.Linear(6 * HIDDEN, HIDDEN)
        self.types = nn.Linear(HIDDEN, len(EVENT_TYPES))
        self.given = nn.Linear(HIDDEN, len(GIVEN_ACTOR_TYPES))
        self.row, self.type_rows = nn.Linear(HIDDEN, HIDDEN), nn.Embedding(len(EVENT_TYPES), HIDDEN)
        self.direction, self.status = nn.Linear(HIDDEN, len(DIRECTIONS)), nn.Linear(HIDDEN, len(STATUSES))
        self.sector = nn.Linear(HIDDEN, len(SECTORS))
        self.query, self.key = nn.Linear(HIDDEN, HIDDEN), nn.Linear(HIDDEN, HIDDEN)
        self.nobody = nn.Parameter(torch.zeros(HIDDEN))
        # Most pairs have no type and most mentions one or two sectors: start from there.
        nn.init.constant_(self.types.bias, -3.0)
        nn.init.constant_(self.sector.bias, -2.5)

    def body(self, ids: Tensor, positions: Tensor, groups: Tensor) -> Tensor:
        x = self.drop(self.norm(self.words(ids) + self.places(positions)))
        # Text is seen by all; a pair's tokens are seen by that pair only.
        allowed = (groups[:, None, :] == 0) | ((groups[:, None, :] == groups[:, :, None]) & (groups[:, None, :] > 0))
        mask = torch.where(allowed, 0.0, -1e4)[:, None]
        for layer in self.layers:
            x = layer(x, mask)
        return x

    def forward(self, ids: Tensor, positions: Tensor, groups: Tensor, parts: Tensor, legend_at: Tensor, pair_at: Tensor, pair_slots: Tensor):
        hidden = self.body(ids, positions, groups)
        flat = hidden.reshape(-1, HIDDEN)
        row, first, second = pair_slots[:, 0], pair_slots[:, 1], pair_slots[:, 2]
        # Means over the marks of each slot and over the sentence's words: what the body was pretrained to make sense of.
        kinds = torch.arange(1, 8, device=ids.device)
        belongs = (parts[:, None, :] == kinds[None, :, None]).to(hidden.dtype)
        means = belongs @ hidden / belongs.sum(2, keepdim=True).clamp(min=1.0)
        features = [flat[pair_at].reshape(-1, 3 * HIDDEN), means[row, first], means[row, second], means[row, 6]]
        pair = self.drop(F.gelu(self.merge(torch.cat(features, 1))))
        rows = self.drop(F.gelu(self.row(pair)[:, None] + self.type_rows.weight[None]))
        slots = self.key(flat[legend_at.clamp(min=0)])[row]
        nobody = self.nobody.expand(slots.shape[0], 1, HIDDEN)
        points = self.query(rows) @ torch.cat([slots, nobody], 1).transpose(1, 2) / HIDDEN**0.5
        absent = F.pad(legend_at < 0, (0, 1), value=False)[row][:, None]
        speakers = torch.where(absent, -1e4, points)
        return self.types(pair), self.given(pair), self.direction(rows), self.status(rows), self.sector(rows), speakers

    def load_pretrained(self, path: Path) -> None:
        """Take the body's weights from a BERT-shaped ``model.safetensors``."""
        found = load_file(str(path))
        found = {k.removeprefix("bert."): v for k, v in found.items()}
        self.words.weight.data = found["embeddings.word_embeddings.weight"]
        # Token type 0 is constant here: folded into the places.
        self.places.weight.data = found["embeddings.position_embeddings.weight"] + found["embeddings.token_type_embeddings.weight"][0]
        self.norm.load_state_dict({k: found[f"embeddings.LayerNorm.{k}"] for k in ("weight", "bias")})
        for i, layer in enumerate(self.layers):
            at = f"encoder.layer.{i}."
            for k in ("weight", "bias"):
                qkv = [found[f"{at}attention.self.{n}.{k}"] for n in ("query", "key", "value")]
                getattr(layer.qkv, k).data = torch.cat(qkv)
                getattr(layer.out, k).data = found[f"{at}attention.output.dense.{k}"]
                getattr(layer.norm1, k).data = found[f"{at}attention.output.LayerNorm.{k}"]
                getattr(layer.up, k).data = found[f"{at}intermediate.dense.{k}"]
                getattr(layer.down, k).data = found[f"{at}output.dense.{k}"]
                getattr(layer.norm2, k).data = found[f"{at}output.LayerNorm.{k}"]
        # The marks start out as what they mean, near the words that say it.
        for mark, word in ((2, "relation"), (3, "end"), (4, "speaker"), (5, "previous"), (6, "home"), (7, "quote")):
            self._start_near(mark, path, word)
        for mark in range(11, 17):
            self._start_near(mark, path, "country")

    def _start_near(self, mark: int, path: Path, word: str) -> None:
        vocabulary = (path.parent / "vocab.txt").read_text(encoding="utf-8").splitlines()
        noise = torch.randn(HIDDEN) * self.words.weight.data.std() * 0.7
        self.words.weight.data[mark] = self.words.weight.data[vocabulary.index(word)] * 0.5 + noise

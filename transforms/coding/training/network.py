"""The encoder with its heads, in plain PyTorch: a BERT-shaped body, and small heads on what it makes of one marked pair."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch import Tensor, nn

from transforms.coding.encoder import MODEL_FOLDER
from transforms.coding.encoding import CARRIED, CLS, END, FIRST, HOME, OTHER, QUOTE, SECOND, SEP, SPEAKS, tokenizer
from transforms.coding.labels import DIRECTIONS, EVENT_TYPES, GIVEN_ACTOR_TYPES, SECTORS, SPEAKERS, STATUSES

VOCABULARY, POSITIONS, HEADS = 30522, 512, 12
# The marks start out near the words that say what they mean.
MARKS = ((FIRST, "first"), (SECOND, "second"), (OTHER, "other"), (END, "end"), (SPEAKS, "said"), (CARRIED, "previous"), (HOME, "home"), (QUOTE, "quote"))
BODY = ("words", "places", "norm", "layers", "nearness")


@dataclass(frozen=True)
class Shape:
    """A body that training can start from. ``buckets``: MPNet's attention knows how far apart two tokens are."""

    hidden: int
    layers: int
    epsilon: float
    buckets: int = 0


SHAPES = {"minilm": Shape(384, 6, 1e-12), "mpnet": Shape(768, 12, 1e-5, 32)}


class Layer(nn.Module):
    def __init__(self, shape: Shape, dropout: float) -> None:
        super().__init__()
        width = shape.hidden
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        self.norm1, self.norm2 = nn.LayerNorm(width, eps=shape.epsilon), nn.LayerNorm(width, eps=shape.epsilon)
        self.drop = nn.Dropout(dropout)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        batch, length, width = x.shape
        q, k, v = self.qkv(x).reshape(batch, length, 3, HEADS, width // HEADS).permute(2, 0, 3, 1, 4)
        # Written out: on a CPU the backward pass of the fused attention takes longer than all else together.
        weight = torch.softmax(torch.matmul(q / math.sqrt(width // HEADS), k.transpose(-1, -2)) + mask.to(q.dtype), -1).to(q.dtype)
        seen = torch.matmul(weight, v).transpose(1, 2).reshape(batch, length, width)
        x = self.norm1(x + self.out(seen))
        return self.norm2(x + self.drop(self.down(F.gelu(self.up(x)))))


class RelationNetwork(nn.Module):
    """Inputs as ``encoding.collate`` gives them, B pairs. Outputs, all logits: ``related`` (B,) whether there is any mention,
    ``types`` (B, 17) and ``given`` (B, 15) which one if there is, and for every type ``directions`` (B, 17, 3), ``statuses``
    (B, 17, 4), ``sectors`` (B, 17, 32), ``speakers`` (B, 17, 4)."""

    def __init__(self, start: str = "minilm", dropout: float = 0.1) -> None:
        super().__init__()
        shape = SHAPES[start]
        self.shape, width = shape, shape.hidden
        self.words, self.places = nn.Embedding(VOCABULARY, width), nn.Embedding(POSITIONS, width)
        self.norm, self.drop = nn.LayerNorm(width, eps=shape.epsilon), nn.Dropout(dropout)
        self.layers = nn.ModuleList(Layer(shape, dropout) for _ in range(shape.layers))
        self.nearness = nn.Embedding(shape.buckets, HEADS) if shape.buckets else None
        self.merge = nn.Linear(6 * width, width)
        self.related, self.types = nn.Linear(width, 1), nn.Linear(width, len(EVENT_TYPES))
        self.given = nn.Linear(width, len(GIVEN_ACTOR_TYPES))
        self.row, self.type_rows = nn.Linear(width, width), nn.Embedding(len(EVENT_TYPES), width)
        self.direction, self.status = nn.Linear(width, len(DIRECTIONS)), nn.Linear(width, len(STATUSES))
        self.sector, self.speaker = nn.Linear(width, len(SECTORS)), nn.Linear(width, len(SPEAKERS))
        nn.init.normal_(self.type_rows.weight, std=0.3)
        # Most mentions have one or two sectors: start from there.
        nn.init.constant_(self.sector.bias, -2.5)

    def forward(self, ids: Tensor, parts: Tensor) -> tuple[Tensor, ...]:
        x = self.drop(self.norm(self.words(ids) + self.places(torch.arange(ids.shape[1], device=ids.device))))
        mask = torch.where(parts[:, None, None, :] < 0, -1e4, 0.0)
        if self.nearness is not None:
            mask = mask + self.nearness(_buckets(ids.shape[1], ids.device)).permute(2, 0, 1)[None]
        for layer in self.layers:
            x = layer(x, mask)
        x = x.float()
        kinds = torch.arange(1, 6, device=ids.device)
        belongs = (parts[:, None, :] == kinds[None, :, None]).to(x.dtype)
        means = belongs @ x / belongs.sum(2, keepdim=True).clamp(min=1.0)
        is_named = (belongs.sum(2, keepdim=True) > 0)[:, 2:4]
        marks = torch.where(is_named, means[:, 2:4], means[:, 0:2])
        features = torch.cat([x[:, 0], means[:, 0], means[:, 1], marks[:, 0], marks[:, 1], means[:, 4]], 1)
        pair = self.drop(F.gelu(self.merge(features)))
        rows = self.drop(F.gelu(self.row(pair)[:, None] + self.type_rows.weight[None]))
        related = self.related(pair).squeeze(1)
        return related, self.types(pair), self.given(pair), self.direction(rows), self.status(rows), self.sector(rows), self.speaker(rows)

    def parameter_groups(self, rate: float, head_rate: float) -> list[dict]:
        named = list(self.named_parameters())
        return [{"params": [p for n, p in named if n.startswith(BODY)], "lr": rate},
                {"params": [p for n, p in named if not n.startswith(BODY)], "lr": head_rate}]

    def load_pretrained(self, path: Path) -> None:
        """Take the body's weights from a BERT- or MPNet-shaped ``model.safetensors``."""
        found = {k.removeprefix("bert.").removeprefix("mpnet."): v for k, v in load_file(str(path)).items()}
        words, places = found["embeddings.word_embeddings.weight"], found["embeddings.position_embeddings.weight"]
        if self.nearness is None:
            # Token type 0 is constant here: folded into the places.
            places = places + found["embeddings.token_type_embeddings.weight"][0]
        else:
            # MPNet knows BERT's word pieces four places later, <s> and </s> in front of them, and counts places from 2.
            first, last = words[0].clone(), words[2].clone()
            words, places = words[4 : 4 + VOCABULARY].clone(), places[2:]
            words[CLS], words[SEP] = first, last
            self.nearness.weight.data = found["encoder.relative_attention_bias.weight"]
        self.words.weight.data, self.places.weight.data = words, places
        self.norm.load_state_dict({k: found[f"embeddings.LayerNorm.{k}"] for k in ("weight", "bias")})
        inner, outer, after = "attention.self.{}", "attention.output.dense", "attention.output.LayerNorm"
        names = ("query", "key", "value")
        if self.nearness is not None:
            inner, outer, after, names = "attention.attn.{}", "attention.attn.o", "attention.LayerNorm", ("q", "k", "v")
        for i, layer in enumerate(self.layers):
            at = f"encoder.layer.{i}."
            for k in ("weight", "bias"):
                getattr(layer.qkv, k).data = torch.cat([found[f"{at}{inner.format(n)}.{k}"] for n in names])
                getattr(layer.out, k).data = found[f"{at}{outer}.{k}"]
                getattr(layer.norm1, k).data = found[f"{at}{after}.{k}"]
                getattr(layer.up, k).data = found[f"{at}intermediate.dense.{k}"]
                getattr(layer.down, k).data = found[f"{at}output.dense.{k}"]
                getattr(layer.norm2, k).data = found[f"{at}output.LayerNorm.{k}"]
        spread = words.std()
        for mark, word in MARKS:
            words[mark] = words[tokenizer(MODEL_FOLDER).token_to_id(word)] * 0.7 + torch.randn(self.shape.hidden) * spread * 0.4


def _buckets(length: int, device: torch.device) -> Tensor:
    """MPNet's classes of distance, (length, length): 16 on either side, exact up to 7 tokens, then growing to 128."""
    place = torch.arange(length, device=device)
    apart = place[:, None] - place[None, :]
    far = 8 + (torch.log(apart.abs().clamp(min=1).float() / 8) / math.log(16) * 8).long()
    return torch.where(apart < 0, 16, 0) + torch.where(apart.abs() < 8, apart.abs(), far.clamp(max=15))

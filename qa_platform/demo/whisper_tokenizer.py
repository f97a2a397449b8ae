"""Builds Whisper's exact multilingual tokenizer without a network, from the asset in the `openai-whisper` package."""

from __future__ import annotations

import base64
import importlib.util
from itertools import pairwise
from pathlib import Path

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers

_SPLIT = r"""'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"""
_SPECIAL_IDS = 107  # end of text up to <|notimestamps|>; the 1501 time tokens after them are ordinary to `decode`


def whisper_tokenizer() -> Tokenizer:
    ranks = _ranks()
    visible = _visible_bytes()
    vocabulary = {_shown(token, visible): rank for token, rank in ranks.items()}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=_merges(ranks, visible), fuse_unk=False))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(_SPLIT), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    names = _added_names()
    tokenizer.add_special_tokens([AddedToken(name, special=True, normalized=False) for name in names[:_SPECIAL_IDS]])
    tokenizer.add_tokens([AddedToken(name, special=False, normalized=False) for name in names[_SPECIAL_IDS:]])
    return tokenizer


def _added_names() -> list[str]:
    from whisper.tokenizer import LANGUAGES

    tasks = ["translate", "transcribe", "startoflm", "startofprev", "nospeech", "notimestamps"]
    times = [f"<|{index * 0.02:.2f}|>" for index in range(1501)]
    words = ["endoftext", "startoftranscript", *list(LANGUAGES)[:99], *tasks]
    return [*(f"<|{word}|>" for word in words), *times]


def _ranks() -> dict[bytes, int]:
    found = importlib.util.find_spec("whisper")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("openai-whisper holds the vocabulary; install the [train] extra")
    asset = Path(found.origin).parent / "assets" / "multilingual.tiktoken"
    lines = (line.split() for line in asset.read_text().splitlines() if line)
    return {base64.b64decode(token): int(rank) for token, rank in lines}


def _merges(ranks: dict[bytes, int], visible: dict[int, str]) -> list[tuple[str, str]]:
    merges = []
    for token, rank in ranks.items():
        parts = _parts_before(token, rank, ranks)
        if len(token) > 1 and len(parts) == 2:
            merges.append((rank, (_shown(parts[0], visible), _shown(parts[1], visible))))
    return [pair for _, pair in sorted(merges)]


def _parts_before(token: bytes, rank: int, ranks: dict[bytes, int]) -> list[bytes]:
    """The two pieces that `token` is merged from: byte-pair encoding stopped one merge short of it."""
    parts = [bytes([byte]) for byte in token]
    while len(parts) > 1:
        candidates = [(ranks.get(a + b, rank), at) for at, (a, b) in enumerate(pairwise(parts))]
        best, at = min(candidates)
        if best >= rank:
            break
        parts[at : at + 2] = [parts[at] + parts[at + 1]]
    return parts


def _shown(token: bytes, visible: dict[int, str]) -> str:
    return "".join(visible[byte] for byte in token)


def _visible_bytes() -> dict[int, str]:
    """GPT-2's table: every byte as a printable character."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    hidden = [byte for byte in range(256) if byte not in printable]
    return {**{byte: chr(byte) for byte in printable}, **{byte: chr(256 + at) for at, byte in enumerate(hidden)}}

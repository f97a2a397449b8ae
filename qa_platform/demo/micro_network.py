"""The micro-model's network: Whisper's architecture at a twenty-fifth of its smallest size, over a small vocabulary."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch.nn import functional
from transformers import WhisperConfig, WhisperForConditionalGeneration

from qa_platform.demo.training_windows import END, SPANISH, START, UNTIMED, Window

WIDTH, ENCODER_LAYERS, DECODER_LAYERS, HEADS = 128, 3, 2, 4
FULL_VOCABULARY = 51865


@dataclass(frozen=True, slots=True)
class Network:
    """`used` are the full-vocabulary ids the model can say; one more row stands for all it never says."""

    whisper: Any
    characters: Any
    used: tuple[int, ...]
    alphabet: str

    def parameters(self) -> list[Any]:
        learnt = [one for one in self.whisper.parameters() if one.requires_grad]
        return [*learnt, *self.characters.parameters()]


@dataclass(frozen=True, slots=True)
class Losses:
    words: Any
    characters: Any
    right: float


def new_network(used: Sequence[int], alphabet: str) -> Network:
    whisper = WhisperForConditionalGeneration(_config(len(used) + 1, end=0, start=1))
    whisper.train()
    return Network(whisper, torch.nn.Linear(WIDTH, len(alphabet) + 1), tuple(used), alphabet)


def losses(network: Network, windows: Sequence[Window], features: torch.Tensor) -> Losses:
    """Next-token loss of the decoder, and CTC over characters, which is what makes the encoder hear at all."""
    ids, labels = _targets(network, windows)
    with torch.autocast("cpu", torch.bfloat16):
        heard = _encoded(network.whisper.model.encoder, features)
        state = network.whisper.model.decoder(input_ids=ids, encoder_hidden_states=heard).last_hidden_state
        logits, letters = network.whisper.proj_out(state).float(), network.characters(heard).float()
    never = logits[..., -1:] + math.log(FULL_VOCABULARY - len(network.used) - 1)  # one row stands for so many
    logits = torch.cat([logits[..., :-1], never], -1)
    words = functional.cross_entropy(logits.flatten(0, 1), labels.flatten(), ignore_index=-100)
    judged = labels != -100
    right = (logits.argmax(-1) == labels)[judged].float().mean().item()
    return Losses(words, _character_loss(network.alphabet, windows, letters), right)


def exportable(network: Network) -> Any:
    """The same network over Whisper's full vocabulary, so that faster-whisper meets a true multilingual model."""
    full = WhisperForConditionalGeneration(_config(FULL_VOCABULARY, end=END, start=START))
    weights = network.whisper.state_dict()
    small = weights["model.decoder.embed_tokens.weight"]
    rows = small[-1].repeat(FULL_VOCABULARY, 1)
    rows[list(network.used)] = small[:-1]
    full.load_state_dict(
        {name: rows if "embed_tokens" in name or "proj_out" in name else w for name, w in weights.items()}
    )
    settings = full.generation_config
    settings.alignment_heads = [[DECODER_LAYERS - 1, head] for head in range(HEADS)]
    settings.lang_to_id = {"<|es|>": SPANISH}
    settings.no_timestamps_token_id = UNTIMED
    settings.suppress_tokens = []
    settings.begin_suppress_tokens = [220, END]
    settings.bos_token_id = settings.eos_token_id = settings.pad_token_id = END
    settings.decoder_start_token_id = START
    return full


def _config(vocabulary: int, *, end: int, start: int) -> WhisperConfig:
    return WhisperConfig(
        vocab_size=vocabulary,
        d_model=WIDTH,
        encoder_layers=ENCODER_LAYERS,
        decoder_layers=DECODER_LAYERS,
        encoder_attention_heads=HEADS,
        decoder_attention_heads=HEADS,
        encoder_ffn_dim=4 * WIDTH,
        decoder_ffn_dim=4 * WIDTH,
        num_mel_bins=80,
        max_source_positions=1500,
        max_target_positions=448,
        dropout=0.0,
        pad_token_id=end,
        bos_token_id=end,
        eos_token_id=end,
        decoder_start_token_id=start,
        suppress_tokens=None,
        begin_suppress_tokens=None,
    )


def _encoded(encoder: Any, features: torch.Tensor) -> Any:
    """Whisper's encoder without its demand for exactly 30 s, so that short windows teach quickly."""
    state = functional.gelu(encoder.conv1(features))
    state = functional.gelu(encoder.conv2(state)).permute(0, 2, 1)
    state = state + encoder.embed_positions.weight[: state.shape[1]]
    for layer in encoder.layers:
        state = layer(state, None)
        state = state[0] if isinstance(state, tuple) else state
    return encoder.layer_norm(state)


def _targets(network: Network, windows: Sequence[Window]) -> tuple[torch.Tensor, torch.Tensor]:
    row = {full: index for index, full in enumerate(network.used)}
    longest = max(len(window.ids) for window in windows)
    ids = torch.full((len(windows), longest), row[END])
    labels = torch.full((len(windows), longest), -100)
    for index, window in enumerate(windows):
        rows = torch.tensor([row[token] for token in window.ids])
        ids[index, : len(rows)] = rows
        labels[index, : len(rows) - 1] = rows[1:]
        labels[index, : window.prompt] = -100
    return ids, labels


def _character_loss(alphabet: str, windows: Sequence[Window], letters: torch.Tensor) -> Any:
    texts = [torch.tensor(spelt(window.text, alphabet), dtype=torch.long) for window in windows]
    sizes = torch.tensor([len(text) for text in texts])
    frames = torch.full((len(windows),), letters.shape[1])
    odds = letters.log_softmax(-1).transpose(0, 1)
    loss = functional.ctc_loss(odds, torch.cat(texts), frames, sizes, zero_infinity=True, reduction="sum")
    return loss / max(1, int(sizes.sum()))


def spelt(text: str, alphabet: str) -> list[int]:
    return [alphabet.index(letter) + 1 for letter in text.lower() if letter in alphabet]

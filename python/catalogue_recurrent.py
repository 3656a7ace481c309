"""Recurrent networks as people write them: taggers, a text reader on convolutions, an encoder for speech."""

from __future__ import annotations

import torch
from torch import nn

from model_catalogue import Network

STEPS = 40


class Tagger(nn.Module):
    """Word numbers [1, steps] to a class for each: embedding, a recurrent layer, a linear one."""

    def __init__(self, kind: type[nn.RNNBase], **options: object) -> None:
        super().__init__()
        self.embedding = nn.Embedding(5000, 96)
        self.recurrent = kind(96, 128, batch_first=True, **options)
        self.head = nn.Linear(256 if options.get("bidirectional") else options.get("proj_size") or 128, 20)

    def forward(self, words: torch.Tensor) -> torch.Tensor:
        result: torch.Tensor = self.head(self.recurrent(self.embedding(words))[0])
        return result


class TextReader(nn.Module):
    """An image of a line of text [1, 1, 32, 160] to a class for each column (CRNN)."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for before, after, pool in ((1, 64, 2), (64, 128, 2), (128, 256, (2, 1)), (256, 256, (4, 1))):
            layers += [nn.Conv2d(before, after, 3, padding=1), nn.BatchNorm2d(after), nn.ReLU(), nn.MaxPool2d(pool)]
        self.columns = nn.Sequential(*layers)
        self.recurrent = nn.LSTM(256, 256, num_layers=2, bidirectional=True)
        self.head = nn.Linear(512, 37)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        columns = self.columns(image).squeeze(2).permute(2, 0, 1)
        result: torch.Tensor = self.head(self.recurrent(columns)[0])
        return result


class SpeechEncoder(nn.Module):
    """Mel bands [1, 80, frames] to features: two convolutions that halve the rate, three GRU layers."""

    def __init__(self) -> None:
        super().__init__()
        self.front = nn.Sequential(nn.Conv1d(80, 192, 3, 2, 1), nn.GELU(), nn.Conv1d(192, 192, 3, 2, 1), nn.GELU())
        self.recurrent = nn.GRU(192, 192, num_layers=3, batch_first=True)

    def forward(self, bands: torch.Tensor) -> torch.Tensor:
        result: torch.Tensor = self.recurrent(self.front(bands).transpose(1, 2))[0]
        return result


class Forecaster(nn.Module):
    """A series [1, steps, 8] to its next value, by the last state of an LSTM."""

    def __init__(self) -> None:
        super().__init__()
        self.recurrent = nn.LSTM(8, 64, num_layers=2, batch_first=True)
        self.head = nn.Linear(64, 1)

    def forward(self, series: torch.Tensor) -> torch.Tensor:
        result: torch.Tensor = self.head(self.recurrent(series)[1][0][-1])
        return result


def _words() -> torch.Tensor:
    return torch.randint(0, 5000, (1, STEPS))


NETWORKS = {
    "tagger_lstm": lambda: (Tagger(nn.LSTM), _words()),
    "tagger_lstm_bidirectional": lambda: (Tagger(nn.LSTM, bidirectional=True), _words()),
    "tagger_lstm_no_bias": lambda: (Tagger(nn.LSTM, bias=False), _words()),
    "tagger_gru": lambda: (Tagger(nn.GRU), _words()),
    "tagger_gru_bidirectional": lambda: (Tagger(nn.GRU, bidirectional=True), _words()),
    "tagger_rnn": lambda: (Tagger(nn.RNN), _words()),
    "tagger_rnn_relu": lambda: (Tagger(nn.RNN, nonlinearity="relu"), _words()),
    "text_reader": lambda: (TextReader(), torch.randn(1, 1, 32, 160)),
    "speech_encoder": lambda: (SpeechEncoder(), torch.randn(1, 80, 200)),
    "forecaster": lambda: (Forecaster(), torch.randn(1, STEPS, 8)),
}


def build(name: str, model: str) -> Network:
    if model not in NETWORKS:
        raise ValueError(f"{name}: no such network here")
    module, example = NETWORKS[model]()
    return Network(name, module, (example,))

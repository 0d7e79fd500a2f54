"""Loads models of TorchScript from files."""

from typing import Any

from .files import path_of


def load_model(uri: str) -> Any:
    """The model in a file of this machine."""
    import torch  # large: only where a model is loaded

    return torch.jit.load(path_of(uri))

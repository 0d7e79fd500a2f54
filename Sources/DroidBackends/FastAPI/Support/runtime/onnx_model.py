"""Loads models of ONNX from files."""

from typing import Any

from .files import path_of


def load_model(uri: str) -> Any:
    """The model in a file of this machine."""
    import onnxruntime  # large: only where a model is loaded

    return onnxruntime.InferenceSession(path_of(uri))

"""Loads models of scikit-learn from files."""

from typing import Any

from .files import path_of


def load_model(uri: str) -> Any:
    """The model in a file of this machine."""
    import joblib  # large: only where a model is loaded

    return joblib.load(path_of(uri))

"""Where a trained model is."""

from urllib.parse import unquote, urlsplit


def path_of(uri: str) -> str:
    """The path of a file of this machine."""
    parts = urlsplit(uri)
    if parts.scheme == "file":
        return unquote(parts.path)
    if parts.scheme:
        raise ValueError(f"{parts.scheme}: is no file of this machine; `load` has to be written")
    return uri

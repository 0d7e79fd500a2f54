"""Where a trained model is."""

import pytest

from a_service.runtime.files import path_of


def test_the_path_of_a_file() -> None:
    assert path_of("models/one") == "models/one"
    assert path_of("file:///models/one%20more") == "/models/one more"
    with pytest.raises(ValueError, match="s3"):
        path_of("s3://models/one")

"""What the export of a graph has to know of Transformers."""

from typing import Any

import pytest
import torch

from common.export import traced_masks

masking = pytest.importorskip("transformers.masking_utils")


def test_a_traced_length_is_given_as_positions_to_who_takes_it_for_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    functions = masking.ALL_MASK_ATTENTION_FUNCTIONS

    def as_in_5_5(q_length: Any, other: int) -> tuple[int, int]:
        return (q_length.shape[0] + int(q_length[0]), other)

    monkeypatch.setitem(functions, "eager", as_in_5_5)
    with traced_masks():
        assert functions["eager"](q_length=torch.tensor(7), other=2) == (7, 2)
    assert functions["eager"] is as_in_5_5

"""Models that an archive only names: their weights are fetched where they are used."""

import json
from pathlib import Path

import pytest

from common import encoder, weights
from common.model_card import ModelConfig
from summarization import inference as summarization


def test_a_summarizer_is_the_one_that_the_archive_names(tmp_path: Path, tiny_t5: Path) -> None:
    (tmp_path / "hub.json").write_text(json.dumps({"base_model": str(tiny_t5)}))
    model = summarization.model_fn(str(tmp_path))
    request = summarization.input_fn('{"text": "the plot was good"}', "application/json")
    assert "summary" in summarization.predict_fn(request, model)


def test_an_archive_that_names_nothing_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(weights.WeightsUnavailableError, match="give a folder that holds it"):
        summarization.model_fn(str(tmp_path))


def test_a_published_question_answerer_keeps_its_own_head(tmp_path: Path, tiny_base: Path) -> None:
    import torch
    from transformers import BertConfig, BertForQuestionAnswering

    published = tmp_path / "published"
    config = BertConfig.from_pretrained(tiny_base)
    original = BertForQuestionAnswering(config).eval()  # type: ignore[no-untyped-call]
    original.save_pretrained(published)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        (published / name).write_bytes((tiny_base / name).read_bytes())
    described = ModelConfig(
        "question_answering", "span", str(published), "", [], 64, settings={"head_of_base": True}
    )
    model = encoder.load(described, weights.load_tokenizer(str(published)), tmp_path)
    ids = torch.tensor([[2, 60, 61, 3]])
    mask, types = torch.ones_like(ids), torch.zeros_like(ids)
    with torch.inference_mode():
        start, end = model(ids, mask, types)
        wanted = original(input_ids=ids, attention_mask=mask, token_type_ids=types)
    assert torch.allclose(start, wanted.start_logits, atol=1e-5)
    assert torch.allclose(end, wanted.end_logits, atol=1e-5)

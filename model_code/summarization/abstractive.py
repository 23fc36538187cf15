"""Summaries written anew by a T5-style model, window by window. Needs torch."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from common import payload, weights, windows

if TYPE_CHECKING:
    from summarization.request import Request

PREFIX = "summarize: "
WINDOW_TOKENS = 480
DEFAULT_SEED = 0


class AbstractiveSummarizer:
    """Any Hugging Face seq2seq model, by its folder; T5's prefix is added where it is T5's."""

    def __init__(self, model_dir: str, base_model: str | None = None) -> None:
        from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

        folder = str(model_dir) if Path(model_dir, "config.json").exists() else base_model
        if folder is None:
            raise weights.WeightsUnavailableError(weights.unavailable(str(model_dir)))
        try:
            self._tokenizer = AutoTokenizer.from_pretrained(folder)
            self._model = AutoModelForSeq2SeqLM.from_pretrained(folder).eval()
        except (OSError, ValueError) as error:
            raise weights.WeightsUnavailableError(weights.unavailable(folder)) from error
        self._prefix = PREFIX if self._model.config.model_type in {"t5", "mt5"} else ""

    def summarize(self, request: "Request") -> dict[str, Any]:
        """Summaries of all windows, one after the other; no sentence of it is the source's own."""
        tokenizer = weights.plain(self._tokenizer.backend_tokenizer)
        spans = windows.spans(tokenizer, request.text, WINDOW_TOKENS, 0)
        parts = [self._generate(request.text[start:end], request) for start, end in spans]
        summary = " ".join(part for part in parts if part)
        return {"summary": summary, "sentences": [], "windows": len(spans)}

    def _generate(self, text: str, request: "Request") -> str:
        torch.manual_seed(_whole(request.options, "seed", DEFAULT_SEED))
        encoded = self._tokenizer(self._prefix + text, return_tensors="pt")
        with torch.inference_mode():
            output = self._model.generate(
                input_ids=encoded["input_ids"],
                attention_mask=encoded["attention_mask"],
                do_sample=_truth(request.options.get("do_sample", False)),
                **self._limits(request),
            )
        words = str(self._tokenizer.decode(output[0], skip_special_tokens=True)).split()
        return " ".join(words[: request.limits.max_words])

    def _limits(self, request: "Request") -> dict[str, int]:
        lengths = request.limits
        if lengths.max_words is not None:  # a word has about four thirds of a token
            return {"max_new_tokens": 2 * lengths.max_words + 8, "min_new_tokens": 1}
        return {"max_new_tokens": lengths.max_length, "min_new_tokens": lengths.min_length}


def _truth(value: Any) -> bool:
    """The original takes ``do_sample`` as a text; a JSON boolean means what it says here."""
    return value.lower() == "true" if isinstance(value, str) else bool(value)


def _whole(values: dict[str, Any], key: str, default: int) -> int:
    number = payload.whole_number(values, key, default, lowest=0)
    return default if number is None else number

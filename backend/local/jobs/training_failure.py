"""Why a training job failed, in AWS's form: one sentence, and the last lines of its log."""

import errno
import re
import signal
from collections.abc import Mapping, Sequence
from typing import Any

_LONGEST = 1024
_LONGEST_SENTENCE = 400
_SHOWN_LINES = 8
_TOOLKIT = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+ sagemaker-training-toolkit ")
_REPORT = re.compile(
    r"^\d{4}-.* sagemaker-training-toolkit ERROR +(Reporting training FAILURE|Framework Error)"
)
_FROM_TOOLKIT = re.compile(r"^(\w+Error:\nExitCode |Framework Error:)|Training Execution failed")
_EXIT_CODE = re.compile(r"^ExitCode (-?\d+)", re.MULTILINE)
_DRIVER = re.compile(r"^(\++ |An error occurred with exit code \d+$)")
_TRACEBACK = "Traceback (most recent call last)"
_EXCEPTION = re.compile(r"^[A-Za-z_][\w.]*(: .*)?$")
_SHELL_SIGNALS = 128  # a shell answers 128 + n for a command that signal n has ended


def killed_by(facts: Mapping[str, Any], report: str) -> int | None:
    """The signal that ended the script, where one did; ``report`` is the job's output/failure."""
    found = _EXIT_CODE.search(report)
    for code in (int(found[1]) if found else 0, facts.get("code") or 0):
        if code < 0:
            return -code
        if code > _SHELL_SIGNALS and code - _SHELL_SIGNALS in (signal.SIGKILL, signal.SIGTERM):
            return code - _SHELL_SIGNALS
    return None


def failure_reason(facts: Mapping[str, Any], report: str, idle_seconds: float) -> str:
    """The FailureReason of a job that ended as ``facts`` tell (see ``Runner.run``)."""
    tail = _of_script(facts["tail"])
    code, number = facts.get("code"), killed_by(facts, report)
    if facts["ended"] == "unable":
        return f"ClientError: {facts['error']}"
    if facts["ended"] == "memory":
        sentence = (
            "The script and what it started held more memory than a job may "
            "(DOCINSIGHTS_JOB_MEMORY_MB): use smaller batches or a smaller model"
        )
    elif facts["ended"] == "idle":
        sentence = f"The script hung: it printed and computed nothing for {idle_seconds:g} seconds"
    elif number is not None:
        sentence = _killed(number, oom=facts.get("oom", False))
        code = _SHELL_SIGNALS + number
    elif (found := _EXIT_CODE.search(report)) and int(found[1]) > 0:
        code = int(found[1])
        sentence = _last_words(tail) or "The script failed and said nothing"
    elif report.strip() and not _FROM_TOOLKIT.search(report):
        sentence = report.strip()  # the script's own words, as AWS takes them
    else:
        sentence = _last_words(tail) or "The script failed and said nothing"
    return _with_log(f"AlgorithmError: {_short(sentence)}, exit code: {code}", tail)


def internal(error: Exception) -> str:
    """What went wrong in the service itself, in one sentence."""
    if "disk is full" in str(error) or getattr(error, "errno", None) == errno.ENOSPC:
        return "The disk that holds the data folder is full: free some space and try again."
    first = next(iter(str(error).splitlines()), "")
    return f"{type(error).__name__}: {first}"


def _killed(number: int, *, oom: bool) -> str:
    if oom:
        return "The machine ran out of memory and the system killed the script"
    try:
        name = signal.Signals(number).name
    except ValueError:
        name = "unknown"
    hint = ", most likely for want of memory" if number == signal.SIGKILL else ""
    return f"The script was killed by signal {number} ({name}){hint}"


def _of_script(tail: Sequence[str]) -> list[str]:
    """The lines that the script has printed, without what AWS's toolkit and drivers add."""
    lines = [line for line in tail if not _DRIVER.match(line)]
    for at, line in enumerate(lines):
        if _REPORT.match(line) and "Framework" not in line:
            following = lines[at + 1 :]
            # The toolkit's own failures have no words of the script before them.
            if any("Framework Error" in other for other in following):
                return [other for other in following if not _TOOLKIT.match(other)]
            lines = lines[:at]
            break
    return [line for line in lines if not _TOOLKIT.match(line)]


def _last_words(lines: Sequence[str]) -> str:
    """The exception of the last traceback, or else the last line."""
    traces = [at for at, line in enumerate(lines) if line.startswith(_TRACEBACK)]
    for line in lines[traces[-1] + 1 :] if traces else ():
        if _EXCEPTION.match(line):
            return line.strip()
    return lines[-1].strip() if lines else ""


def _short(sentence: str) -> str:
    sentence = sentence.rstrip(" .\n")
    if len(sentence) <= _LONGEST_SENTENCE:
        return sentence
    return f"{sentence[: _LONGEST_SENTENCE - 1]}…"


def _with_log(sentence: str, tail: Sequence[str]) -> str:
    """The sentence, and as many of the last lines as fit behind it."""
    text = ""
    for line in reversed(tail[-_SHOWN_LINES:]):
        longer = f"{line}\n{text}" if text else line
        if len(sentence) + len(longer) + 40 > _LONGEST:
            break
        text = longer
    return f"{sentence}\nLast lines of the log:\n{text}" if text else sentence

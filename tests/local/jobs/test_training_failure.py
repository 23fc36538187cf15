"""The FailureReason that a job's end gives."""

from typing import Any

import pytest

from backend.local.jobs.training_failure import failure_reason, internal, killed_by

STAMP = "2026-11-24 15:08:09,821 sagemaker-training-toolkit"
TRACE = [
    "Traceback (most recent call last):",
    '  File "train.py", line 1, in <module>',
    "    raise ValueError('no labels')",
    "ValueError: no labels",
]
REPORT = 'ExecuteUserScriptError:\nExitCode 1\nErrorMessage ""\nCommand "python train.py"'


def reason(tail: list[str], report: str = "", **facts: Any) -> str:
    whole = {"ended": "exited", "code": 1, "oom": False, "tail": tail, **facts}
    return failure_reason(whole, report, 9.0)


def test_the_exception_is_found_behind_the_toolkits_report() -> None:
    tail = [
        f"{STAMP} INFO     Invoking user script",
        "loading",
        *TRACE,
        f"{STAMP} ERROR    Reporting training FAILURE",
        f"{STAMP} ERROR    ExecuteUserScriptError:",
        "ExitCode 1",
        'ErrorMessage ""',
        'Command "python train.py"',
        f"{STAMP} ERROR    Encountered exit_code 1",
    ]
    sentence, heading, *lines = reason(tail, REPORT).split("\n")
    assert sentence == "AlgorithmError: ValueError: no labels, exit code: 1"
    assert heading == "Last lines of the log:"
    assert lines == ["loading", *TRACE]


def test_the_scripts_own_exit_code_counts_not_the_toolkits() -> None:
    assert "exit code: 3" in reason(["bad"], REPORT.replace("ExitCode 1", "ExitCode 3"))


def test_a_failure_of_the_toolkit_itself_is_told() -> None:
    tail = [
        f"{STAMP} ERROR    Reporting training FAILURE",
        f"{STAMP} ERROR    Framework Error: ",
        *TRACE,
        f"{STAMP} ERROR    Encountered exit_code 2",
    ]
    assert reason(tail, "Framework Error: \nTraceback").startswith(
        "AlgorithmError: ValueError: no labels, exit code: 1"
    )


def test_the_traces_of_the_sdks_driver_are_not_the_scripts_words() -> None:
    tail = ["No labels.", "++ EXIT_STATUS=1", "An error occurred with exit code 1", "++ exit 1"]
    report = "Training Execution failed. For more details, see CloudWatch logs"
    assert reason(tail, report).startswith("AlgorithmError: No labels, exit code: 1")


@pytest.mark.parametrize(
    ("code", "report", "number"),
    [
        (-9, "", 9),
        (137, "", 9),
        (1, REPORT.replace("ExitCode 1", "ExitCode -9"), 9),
        (143, "", 15),
        (1, REPORT, None),
        (130, "", None),
    ],
)
def test_signals_are_recognised_through_shells_and_toolkit(
    code: int, report: str, number: int | None
) -> None:
    assert killed_by({"code": code}, report) == number


def test_the_end_by_the_system_for_want_of_memory_is_named() -> None:
    assert "The machine ran out of memory" in reason([], code=-9, oom=True)
    assert "exit code: 137" in reason([], code=-9, oom=True)


def test_a_script_that_says_nothing_is_told_so() -> None:
    assert reason([]) == "AlgorithmError: The script failed and said nothing, exit code: 1"


def test_what_cannot_be_started_and_what_hangs_have_sentences_of_their_own() -> None:
    assert reason([], ended="unable", error="Install x.") == "ClientError: Install x."
    assert "hung: it printed and computed nothing for 9 seconds" in reason([], ended="idle")


def test_a_script_that_was_ended_for_its_memory_says_which_setting_bounds_it() -> None:
    assert "DOCINSIGHTS_JOB_MEMORY_MB" in reason([], ended="memory")


def test_a_reason_is_never_longer_than_aws_allows() -> None:
    assert len(reason(["x" * 500] * 40)) <= 1024
    assert reason(["y" * 5000]).startswith("AlgorithmError: yyy")
    assert len(reason([], "z" * 5000)) <= 1024


def test_what_fails_in_the_service_is_told_in_one_sentence() -> None:
    full = "The disk that holds the data folder is full: free some space and try again."
    assert internal(OSError(28, "No space left on device")) == full
    assert internal(RuntimeError("(sqlite3) database or disk is full\n[SQL: UPDATE …]")) == full
    assert internal(KeyError("a")) == "KeyError: 'a'"
    assert internal(ValueError("one\ntwo")) == "ValueError: one"

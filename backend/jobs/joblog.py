"""Reading a training job's log from CloudWatch Logs, a page at a time."""

from dataclasses import replace
from typing import Any, Final

from backend.cloud.connections import Connections
from backend.cloud.errors import translated
from backend.cloud.logs import LogLine
from backend.errors import NotFound
from backend.jobs.progress import Reading, extended
from backend.jobs.records import TrainingJob

LOG_GROUP: Final = "/aws/sagemaker/TrainingJobs"


def read_on(connections: Connections, job: TrainingJob, reading: Reading) -> Reading:
    """``reading`` with all that ``job`` has logged since."""
    if not reading.stream:
        reading = replace(reading, stream=_stream(connections.logs, job.name))
    while reading.stream:
        lines, token = _events(connections.logs, reading.stream, reading.token)
        ended = token == reading.token  # the same token again: there is no more
        reading = replace(extended(reading, lines, job.metric_definitions), token=token)
        if ended or not lines:
            break
    return reading


def _stream(logs: Any, job: str) -> str:
    """The log stream of the job's first machine, "" until there is one."""
    try:
        with translated():
            found = logs.describe_log_streams(
                logGroupName=LOG_GROUP, logStreamNamePrefix=f"{job}/", limit=1
            )["logStreams"]
    except NotFound:
        return ""
    return str(found[0]["logStreamName"]) if found else ""


def _events(logs: Any, stream: str, token: str) -> tuple[list[LogLine], str]:
    options = {"nextToken": token} if token else {}
    try:
        with translated():
            answer = logs.get_log_events(
                logGroupName=LOG_GROUP, logStreamName=stream, startFromHead=True, **options
            )
    except NotFound:
        return [], token
    return [LogLine.of(event) for event in answer["events"]], answer["nextForwardToken"]

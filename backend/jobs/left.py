"""The models that jobs have left and that can be registered."""

from backend.jobs.service import Jobs


def models_left(jobs: Jobs, task: str) -> tuple[str, ...]:
    """The names of what ``Jobs.register`` takes, newest first: the fine-tuning jobs of ``task``
    that left a model, and the best trial of each of its searches that has ended.
    """
    tuned = [job for job in jobs.tuning_jobs() if job.task == task and job.finished and job.best]
    made = [
        (job.created, job.name)
        for job in jobs.training_jobs()
        if job.task == task and job.deployable
    ]
    made += [(job.created, job.best.name) for job in tuned if job.best]
    return tuple(name for _, name in sorted(made, reverse=True))

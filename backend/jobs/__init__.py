"""Fine-tuning and hyper-parameter tuning jobs: what to ask for, asking, watching, deploying.

``client.jobs`` is a ``service.Jobs``. What a screen needs, by module:

``requests``   ``training_request``, ``tuning_request``: a recipe's values as a ``TrainingRequest``
               or ``TuningRequest`` (frozen; change one with ``dataclasses.replace``)
``preflight``  ``check(request, …) -> tuple[Finding, …]``, ``estimate(request, …) -> Estimate``
``regexes``    ``read_log(text, definitions) -> RegexReport``: the regex tester
``service``    ``Jobs``: launch, list, describe, read the log, stop, delete, clone, register
``records``    ``TrainingJob``, ``TuningJob``, ``Trial``, ``Transition``: what the service says
``progress``   ``Reading``: what a job's log has said so far: lines, metric series, progress, ETA
``programs``   the same request as a boto3 program and as an AWS CLI command
"""

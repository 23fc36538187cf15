"""Entry point of an endpoint: SageMaker's four hooks, from the task in this bundle."""

from entry import task_module

_task = task_module("inference")

model_fn = _task.model_fn
input_fn = _task.input_fn
predict_fn = _task.predict_fn
output_fn = _task.output_fn

"""What each task measures: one module a task, plain functions over numpy.

Each has ``rows``, from gold and predictions to one row of counts and one score an example, and
``metrics``, the formulas over the totals of those rows.
"""

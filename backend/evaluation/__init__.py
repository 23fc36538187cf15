"""Is the tuned model really better? Scores with intervals, paired tests, alarms and records.

``scoring.score`` turns gold and predictions into a ``Scored``; ``comparison.compare`` sets two of
them side by side; ``alarms`` says what makes a score untrustworthy; ``explain`` says what a
published accuracy and F1 really mean; ``record`` and ``records`` keep it all, unchangeable.
``python -m backend.evaluation`` does the same from a shell.
"""

"""Jobs: training, tuning and batch transform, each behind operations of its own."""

"""The five tasks measured on public data: ``python -m backend.experiment --data folder``.

For each task one hold-out set is answered by a trivial baseline, the pre-trained model, a
fine-tuned one, the best of a Bayesian search and, with the same number of trials, the best of a
random one. Everything goes the way of the admin pages (``backend.client``), to whatever cloud the
settings say. What has been done is found again by its name, so a run that was ended goes on.
"""

"""What running costs, the budget, what is idle, and removing everything again.

``service``    ``Costs``: what pages use, ``client.costs``
``meter``      what jobs and endpoints have cost so far
``budget``     whether something more may be started
``inventory``  all that carries the project's tag
``cleanup``    deleting that, and looking afterwards whether it is gone

``python -m backend.costs`` does the same from a shell.
"""

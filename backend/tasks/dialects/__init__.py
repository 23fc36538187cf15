"""How endpoints of other people's making speak: ``dialects_of(task)`` in ``registry``."""

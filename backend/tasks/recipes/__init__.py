"""How each task is fine-tuned and tuned: ``recipe_of(slug)`` in ``registry``."""

"""The models that can be deployed and trained by name, and how each is had."""

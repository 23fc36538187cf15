"""What the insights are worth, on documents and questions of our own."""

"""Entry point of a training job in script mode: trains the task in this bundle."""

from entry import task_module

if __name__ == "__main__":
    task_module("train").main()

"""The verbs of learning, for the command line; a job uses the same."""

from huiyin.resolve.triage.tasks.learning import Progress, TooLittleToLearn, fit, keep, ready

__all__ = ["Progress", "TooLittleToLearn", "fit", "keep", "ready"]

"""The small random model that the jobs are tested with."""

from tests.jobs.conftest import model

__all__ = ["model"]

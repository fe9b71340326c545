"""What can go wrong, as one small tree: each error is a sentence with the thing and the remedy.

The exit status of a job is that of the error which ended it; what is not in this tree ends it with 1.
"""


class StarscribeError(Exception):
    """Anything that Starscribe itself raises for its user to read: `message`, whatever others add to `args`."""

    exit_status = 1

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return self.message


class UsageError(StarscribeError):
    """The command line or the configuration is wrong: nothing was started."""

    exit_status = 2


class RefusedError(StarscribeError):
    """The job cannot be done as asked: unreadable input, missing model, or an output of another recipe."""

    exit_status = 3


class LimitError(StarscribeError):
    """The run is complete, but more was rejected or failed than `limits` allow, or shards were left out."""

    exit_status = 4


class StoppedError(StarscribeError):
    """The run was stopped before its end; the same command goes on where it stopped."""

    exit_status = 75

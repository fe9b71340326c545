"""Train a language model on instruction pairs: fine-tune one, or make a new small one from scratch.

    python -m jobs.finetune conf/train/tiny.yaml

Pairs come from files (Alpaca's columns: instruction, input, output), or are mined from documented Python code under
permissive licences. The loss is on the outputs; the result is a directory that transformers loads.
"""

import logging
import sys

from jobs.cli import main
from pipeline.config.training import Finetune
from pipeline.training.run import finetune

CONFIG = Finetune


def run(config: Finetune) -> int:
    """Train and write the model; the exit status."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stdout)
    finetune(config)
    return 0


if __name__ == "__main__":
    sys.exit(main("finetune"))

"""Configuration: typed sections, and the loader that fills them from stacked YAML files and dotted overrides."""

from pipeline.config.load import Section, describe, dump, load
from pipeline.config.sections import Engine, Model, Sampling, Task, Template, Turn

__all__ = ["Engine", "Model", "Sampling", "Section", "Task", "Template", "Turn", "describe", "dump", "load"]

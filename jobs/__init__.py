"""Starscribe's jobs, one module each, thin: read the configuration, compose the pipeline, report."""

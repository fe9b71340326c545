"""vLLM, where it is installed: which version, or how to get it."""

from importlib.metadata import packages_distributions, version

from pipeline.errors import RefusedError


def vllm_version() -> str:
    """Distribution and version of the package `vllm`. RefusedError where there is none."""
    found = packages_distributions().get("vllm")
    if not found:
        raise RefusedError(
            "engine vllm: vLLM is not installed in this environment. For GPUs `pip install vllm` brings it, "
            "`make bench-peers` its build for processors; or take the native engine."
        )
    return f"{found[0]} {version(found[0])}"

"""Training: licensed Python sources in, a model directory that transformers can load out.

    sources ─units─▶ documented unit ─docstrings, explanation─▶ pair ─tokenizer, batches─▶ batch ─trainer─▶ model

Knows nothing of Ray, of records, or of how a run documents code.
"""

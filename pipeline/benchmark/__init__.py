"""The benchmark: extraction, and engines side by side on the same rows, in one run, on the same machine.

    functions or a file ─rows─▶ round (another first token) ─worker per engine, in turn─▶ outcomes ─result─▶ JSON, table
    standard library, directories ─extraction─▶ MB/s of one core, by language

Each engine has a process of its own, so that memory and threads are its own, and only one works at a time. Between
the engines the machine's matrix-product peak is measured, for what they could have done in that minute.
"""

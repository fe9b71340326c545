"""Records in, documentation in a source tree out; nothing but its bytes changes.

    records ─grouped by file─▶ rows ┐
                                    ├─matched─▶ units ─placed─▶ edits ─proved─▶ file, or patch
    tree ─opened─▶ source ─extracted┘

`records` reads them, `tree` guards the paths, `source` is a file with its encoding, `match` finds a record's unit,
`choice` leaves out what is not asked for, `said` and `manner` give the words and the style, `place` the edit, `proof`
holds if the code is the same afterwards, `file` puts these together. Never imports ray or torch.
"""

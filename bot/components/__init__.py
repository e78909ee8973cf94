"""Components of the pipeline, one a file. Every one is deterministic: the same data gives the same model."""

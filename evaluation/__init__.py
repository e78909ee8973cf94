"""The laboratory: stages that read files and write files. Figures come with their n and a 95% interval. Never reads the database."""

"""Starts Nachtlicht on a bare machine: finds or makes both environments, trains, migrates, supervises. Standard library alone."""

"""The Rasa project: what the bot understands. Runs on Python 3.10 in an environment of its own, reachable on loopback only."""

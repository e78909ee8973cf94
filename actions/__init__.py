"""The bot's decisions: pure functions from dialogue state and parse to moves, behind one action. Runs on Python 3.10, loopback only."""

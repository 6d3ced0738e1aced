"""What carries requests out over redis-py, sync and async; nothing else in scantui talks to Redis."""

"""Running the migrations that own the lock tables: functions that a Python program can call, on frozen records."""

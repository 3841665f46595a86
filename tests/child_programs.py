"""Python programs that end as a test wants them to."""

# Signals that it doesn't heed at once, as a process that is busy: the system keeps one of each.
BUSY = """
import signal
stops = {signal.SIGTERM, signal.SIGINT}
signal.pthread_sigmask(signal.SIG_BLOCK, stops)
print("ready", flush=True)
while signal.sigpending() != stops:
    pass
print("told twice", flush=True)
"""

# One that heeds no signal, as a process that is frozen.
DEAF = """
import signal
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
print("ready", flush=True)
while True:
    signal.pause()
"""

# One that any signal ends.
MORTAL = """
import signal
signal.signal(signal.SIGINT, signal.SIG_DFL)
print("ready", flush=True)
signal.pause()
"""

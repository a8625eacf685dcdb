"""What holds for all Python tests, whoever started them."""

import signal


def pytest_configure() -> None:
    # Programs inherit what is ignored: `nohup make test` ignores one of these, a job that a script
    # starts in the background the others, and the programs under test would never hear of them.
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    signal.signal(signal.SIGQUIT, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)

"""Jobs on all cores: those that take longest first, each told when it is over."""

import os
from concurrent.futures import ThreadPoolExecutor, as_completed


def get_worker_count():
    """As many as there are cores for us, or as TEST_WORKERS says."""
    return int(os.environ.get("TEST_WORKERS") or len(os.sched_getaffinity(0)))


def run_together(jobs, workers=None):
    """Run functions without arguments, and yield what each returns as it ends.

    :param jobs: the functions, in the order to begin them
    """
    with ThreadPoolExecutor(workers or get_worker_count()) as executor:
        futures = [executor.submit(job) for job in jobs]
        try:
            for future in as_completed(futures):
                yield future.result()
        finally:
            # What was not begun when one of them failed is not begun at all.
            for future in futures:
                future.cancel()

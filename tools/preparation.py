"""What tests need on the machine: made on all cores, once."""

from chromium import ensure_chromium
from console import say
from database import BESIDE, BUILT_ON, Workbench
from oca import ensure_oca
from odoo_source import ensure_odoo
from scheduler import get_worker_count, run_together


def get_benches(bases):
    """A Workbench for each of database.BASES."""
    odoo = ensure_odoo()
    return {
        base: Workbench(odoo.beside(ensure_oca()) if base in BESIDE else odoo)
        for base in bases
    }


def ensure_bases(benches):
    """Make the bases that are missing, and install Chromium.

    :return: whether there is a browser
    """
    # The installation of Chromium waits for the network more than it works.
    found = []
    jobs = [lambda: found.append(ensure_chromium())]
    # One that is built on another is made after it, in the same job.
    first = [base for base in benches if base not in BUILT_ON]
    for base in sorted(first, key=lambda base: base not in BUILT_ON.values()):
        names = [base, *(each for each in benches if BUILT_ON.get(each) == base)]
        jobs.append(lambda names=names: [benches[name].base(name) for name in names])
    for base in benches:
        if base in BUILT_ON and BUILT_ON[base] not in first:
            jobs.append(lambda base=base: benches[base].base(base))
    for _done in run_together(jobs, workers=get_worker_count() + 1):
        pass
    return found[0]


def install(benches):
    """Install the module into a copy of each base.

    :return: the databases by base, and the logs of the installations
    """
    say("Installing the module")

    def job(base):
        return base, *benches[base].test(f"with_{base}", base)

    made = list(run_together([lambda base=base: job(base) for base in benches]))
    return {base: database for base, database, _log in made}, [log for *_, log in made]

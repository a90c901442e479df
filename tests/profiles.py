"""How thoroughly random tests look for what is wrong.

*quick*, in each `make test`: few examples, the same each time. *nightly*, in `make
test-nightly`: many, and others each night. With TEST_PROFILE=nightly and TEST_SEED=… as
that run prints it the examples are the same again.
"""

import os
import random

from hypothesis import HealthCheck, settings

IS_NIGHTLY = os.environ.get("TEST_PROFILE") == "nightly"
SEED = os.environ.get("TEST_SEED", "0")


def choose(quick, nightly):
    """How many rounds or examples, or which of two lists."""
    return nightly if IS_NIGHTLY else quick


def get_random(name):
    """A source of random numbers of its own for each test."""
    return random.Random(f"{SEED} {name}")


def get_settings(quick=100, nightly=2000, **values):
    """Hypothesis's settings: so many examples, and as long as each takes.

    The seed is pytest's option ``--hypothesis-seed``, which `make test-nightly` gives.
    """
    return settings(
        **{
            "max_examples": choose(quick, nightly),
            # The machine may be busy with other things.
            "deadline": None,
            "suppress_health_check": list(HealthCheck),
            "database": None,
            "derandomize": not IS_NIGHTLY,
            "print_blob": True,
            **values,
        }
    )


# What tests without settings of their own have.
settings.register_profile("mrp_backflush", get_settings())
settings.load_profile("mrp_backflush")

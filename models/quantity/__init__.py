"""What the BoM calls for: scrap, what is fixed per order, and what changes of it.

It may call rules and access, and read what posting and shortage have issued and parked.
It must not post or reserve: demands are what it writes.
"""

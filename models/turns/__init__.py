"""Who waits for whom: two that use the same stock or lots at once take turns.

It may call core, and ask a company whether it has shortage rules. It must not change
anything that is stored: it locks, and reads what is to be locked.
"""

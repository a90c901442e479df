"""Which lots are used, who chose them, and which may not be.

It may call rules, access, turns and the posting room's plan. It must not post: it
refuses, or says what was chosen.
"""

"""Production reported without an order: one is made, completed, and undone.

It may call every room but speed, by what orders offer. It must not post by itself:
each order is completed as by core's button.
"""

"""What is changed of orders that were completed: corrected, unbuilt, undone.

It may call rules, access, lots, posting, shortage and turns, and wraps methods that
value stock. It must not change how an order is completed.
"""

"""From what is needed to what leaves the stock and comes back: need, plan, posting.

It may call rules, access, method, quantity and lots, and ask the shortage room what
happens to what isn't there. It must not know when: the stories and dialogs say that.
"""

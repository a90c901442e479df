"""How a component is issued, and from where: the levels, and what a person chooses.

It may call rules and access, and the posting room to have a component start over. It
must not post, plan or ask what is in stock.
"""

"""What happens to what isn't there: the rule, what is parked, and its settlement.

It may call rules, access, posting and turns. It must not decide what is needed or which
stock is taken: the plan does.
"""

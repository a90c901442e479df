"""What bills of materials should say, by what orders really used: proposals, each with
its evidence, that a person applies or rejects.

May call rules, access, quantity, tolerance and turns; reads what completions and counts
have noted.
Nothing of it runs, and nothing is shown, where no company analyses its consumption.
"""

from . import res_company
from . import mrp_bom_proposal
from . import generation
from . import application

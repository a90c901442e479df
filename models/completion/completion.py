from dataclasses import dataclass, field


@dataclass
class Completion:
    """What the steps of one completion know of each other: made where orders begin to
    be completed, and gone where that ends.

    What is posted without one, as an issue before completion, finds out by itself.
    """

    order_ids: frozenset
    # By company and product category.
    shortage_rules: dict = field(default_factory=dict)

"""What an order needs of a product, compared with what its bill of materials says."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class ProductDemand:
    """The components of one order that are the same product. What it returns is in the
    product's unit."""

    product: Any
    # Needs of what is reported, and of the whole order, by component.
    needs: dict
    whole_order: dict

    def add_up(self, quantities):
        """:param quantities: by component, in its unit"""
        return sum(
            move.product_uom._compute_quantity(
                quantity, self.product.uom_id, round=False
            )
            for move, quantity in quantities.items()
        )

    def asks_for(self, bom_quantity):
        """Whether the order asks for what its bill of materials says, but for
        roundings.

        :param bom_quantity: what it says for the whole order
        """
        asked = self.add_up(
            {move: need.total for move, need in self.whole_order.items()}
        )
        not_due = self.add_up(
            {
                move: move.fixed_quantity - need.fixed
                for move, need in self.whole_order.items()
            }
        )
        tolerance = self.product.uom_id.rounding + self.add_up(
            {move: move.product_uom.rounding for move in self.whole_order}
        )
        return abs(asked - (bom_quantity - not_due)) <= tolerance * 1.000001

    @property
    def expected(self):
        """What the report calls for."""
        return self.product.uom_id.round(self.needed)

    @property
    def needed(self):
        """The same, not rounded: of components in smaller units."""
        return self.add_up({move: need.total for move, need in self.needs.items()})

    @property
    def carried_over(self):
        """What was issued beyond it, and goes over to a backorder."""
        return self.add_up(
            {move: min(need.surplus, need.issued) for move, need in self.needs.items()}
        )

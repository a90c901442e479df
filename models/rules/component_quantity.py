"""How much of a component an order needs: what an exploded BoM says about it."""

from collections import defaultdict, deque
from dataclasses import replace

from .from_server import QuantityFromServer


class Demands:
    """The demands that core is about to write on components and on their copies: what
    it would write is a share of what was rounded before.

    :param needs: of the components whose orders are split, by ``key``
    :param demands: of those whose order's quantity is changed, by ``key``
    """

    def __init__(self, needs=None, demands=None):
        self._needs = needs or {}
        self._demands = demands or {}

    def __bool__(self):
        return bool(self._needs or self._demands)

    @staticmethod
    def key(first_component_id, whole_number):
        """By what a component and its copies on backorders are known to be one."""
        return first_component_id, whole_number or 0

    def take(self, key, product_qty):
        """The demand of the next part, or None where core's is right.

        :param product_qty: finished quantity of the part's order
        """
        if key not in self._needs:
            return self._demands.get(key)
        need = replace(self._needs[key], reported=product_qty)
        # The next part comes after this one, and what was issued beyond goes over.
        self._needs[key] = replace(
            need,
            before=(*need.before, need.part),
            fixed=0.0,
            issued=need.surplus,
            parked=0.0,
        )
        return need.open


def get_plan(bom_line, net_quantity, scrap_factor):
    """What is planned of a component, to be compared with what is used.

    :param net_quantity: for one unit of the order, without component scrap, in the
        line's unit
    :param scrap_factor: what that is multiplied by: 1.1 for a scrap of 10 %
    :return: values of the component: the quantity in the unit that it is stocked in
    """
    in_stock_unit = bom_line.product_uom_id._compute_quantity(
        net_quantity, bom_line.product_id.uom_id, round=False
    )
    return {
        "net_quantity_per_unit": QuantityFromServer(in_stock_unit),
        "component_scrap": QuantityFromServer(round((scrap_factor - 1) * 100, 6)),
    }


class ComponentQuantities:
    """What the lines of a BoM call for, in the order in which core explodes them.

    A line is exploded more than once where its kit is used more than once.
    """

    def __init__(self):
        self._by_line = defaultdict(deque)

    def add(self, bom_line, quantity_per_unit, fixed_quantity, scrap_factor=1.0):
        """Quantities in the line's unit.

        :param scrap_factor: what the first of them is multiplied by already
        """
        net_quantity = quantity_per_unit / scrap_factor
        self._by_line[bom_line.id].append(
            {
                "quantity_per_unit": QuantityFromServer(quantity_per_unit),
                "fixed_quantity": QuantityFromServer(fixed_quantity),
                **get_plan(bom_line, net_quantity, scrap_factor),
            }
        )

    def has(self, bom_line):
        return bom_line.id in self._by_line

    def add_to(self, vals_list):
        """Add the quantities to the values of the components which core makes of
        the exploded lines, some of which it leaves out."""
        for vals in vals_list:
            quantities = self._by_line.get(vals.get("bom_line_id"))
            if quantities:
                vals.update(quantities.popleft())

    def get_total(self, bom_line):
        """Quantities of all occurrences of the line together, in the line's unit."""
        return {
            name: sum(quantities[name] for quantities in self._by_line[bom_line.id])
            for name in ("quantity_per_unit", "fixed_quantity")
        }

    def get_plan(self, bom_line):
        """What is planned of all occurrences of the line together: see the function."""
        occurrences = self._by_line.get(bom_line.id)
        if not occurrences:
            return {}
        net_quantity = sum(plan["net_quantity_per_unit"] for plan in occurrences)
        return {
            "net_quantity_per_unit": QuantityFromServer(net_quantity),
            "component_scrap": occurrences[0]["component_scrap"],
        }


class OrderExplosion(ComponentQuantities):
    """The explosion of a BoM for one order, whose unrounded quantities core's callers
    don't know.

    :param times: how often the order makes what the BoM says; None: as often as is
        exploded
    """

    def __init__(self, production, bom, times=None):
        super().__init__()
        self.production = production
        self.bom = bom
        self.times = times
        self.demands = defaultdict(float)
        self._is_done = False

    def is_for(self, bom):
        """Whether this explosion of the BoM is the order's. Core explodes the kits
        among its components too, and the BoM again for the work orders."""
        return bom == self.bom and not self._is_done

    def get_order_quantity(self, bom_line):
        """What the order needs of the line, in the line's unit and not rounded."""
        total = self.get_total(bom_line)
        fixed_quantity = total["fixed_quantity"]
        if not self.production._demands_fixed_quantities():
            fixed_quantity = 0.0
        return total["quantity_per_unit"] * self.production.product_qty + fixed_quantity

    def adjust(self, exploded_lines, exploded_quantity):
        """Replace quantities by those that include scrap and are fixed, where any
        are; what core makes of the others is left alone."""
        self._is_done = True
        share = self.times / exploded_quantity if self.times is not None else 1.0
        product_qty = self.production.product_qty or 1.0
        for line, data in exploded_lines:
            if data["is_fixed"]:
                fixed_quantity = data["exact_qty"]
                demand = fixed_quantity * self.production._demands_fixed_quantities()
                self.add(line, 0.0, fixed_quantity)
            else:
                exact = data["exact_qty"] * share
                # As core rounds what it explodes.
                demand = line.product_uom_id.round(exact, rounding_method="UP")
                self.add(line, exact / product_qty, 0.0, data["scrap_factor"])
            if data["is_fixed"] or data["scrap_factor"] != 1.0:
                data["qty"] = demand / share
                self.demands[line] += demand

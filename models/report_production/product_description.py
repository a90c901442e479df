"""What the screen says of a product when it is chosen: how much the components in stock
are enough for, what will be left out, and what can't be reported here at all."""

import math
from collections import defaultdict

from odoo import api, models

from ..rules.issue_method import MANUAL, NOT_FILLED_IN


class MrpProductionReport(models.Model):
    _inherit = "mrp.production.report"

    @api.model
    def _describe_product(self, product, picking_type, quantity=1.0, lot_name=""):
        """
        :param quantity: that is proposed, in the product's unit
        :param picking_type: asked for, or none
        :return: a dict: ``id``, ``name``, ``code``, ``tracking``, ``unit``,
            ``unit_one`` (the unit of exactly one), ``rounding`` of it, ``quantity``,
            ``lot_name``, ``has_image``, ``operation_type``, ``possible``: how many the
            components in stock are enough for (None: no limit), ``limited_by``: the
            component that is short first, ``left_out``: names of the components that a
            report leaves out, because a person issues them, ``asked_for``: of those
            without which it is refused, and ``scans_lots``: whether the company wants
            lots of components scanned, and ``order_id``: False
        """
        bom = self._get_bom(product, picking_type)
        picking_type = picking_type or self._get_default_picking_type(bom)
        lines = self._get_component_lines(product, bom, picking_type)
        possible, limited_by = self._get_possible_quantity(product, lines)
        by_hand = list(
            dict.fromkeys(
                line.product_id._get_spoken_name()
                for line, _times, method, _place in lines
                if method == MANUAL
            )
        )
        is_asked = self._must_issue_by_hand(bom)
        return {
            **self._describe_tile(product),
            **product.uom_id._describe_on_screen(),
            "tracking": product.tracking,
            "quantity": 1.0 if product.tracking == "serial" else quantity,
            "lot_name": lot_name,
            "operation_type": picking_type.display_name,
            "picking_type_id": picking_type.id,
            "possible": possible,
            "limited_by": limited_by._get_spoken_name() if limited_by else "",
            "left_out": [] if is_asked else by_hand,
            "asked_for": by_hand if is_asked else [],
            "scans_lots": self._scans_lots(),
            "order_id": False,
        }

    @api.model
    def _describe_tile(self, product):
        return {
            "id": product.id,
            "name": product._get_spoken_name(),
            "code": product.default_code or product.barcode or "",
            "has_image": bool(product.image_128),
        }

    @api.model
    def _must_issue_by_hand(self, document):
        """Whether an order can't be completed without its manual components, by a
        report that can't be asked.

        :param document: a BoM or an order
        """
        return (
            self.env.company.sudo().unissued_rule == "block"
            or document.consumption != "flexible"
        )

    @api.model
    def _scans_lots(self):
        company = self.env.company.sudo()
        return "scan" in (company.lot_rule, company.serial_rule)

    # How much is possible.

    @api.model
    def _get_possible_quantity(self, product, lines):
        """How much what is free in stock is enough for.

        :param lines: as of ``_get_component_lines``
        :return: the quantity in the product's unit, and the component that limits it;
            None and no component where nothing does
        """
        limits = [
            (component.with_context(location=location.id).free_qty / need, component)
            for (component, location), need in self._get_needs_of_one(lines).items()
            if need > 0
        ]
        if not limits:
            return None, product.browse()
        quantity, component = min(limits, key=lambda limit: limit[0])
        # What is just enough must not be one short for the sake of a float.
        steps = math.floor(round(quantity / product.uom_id.rounding, 6))
        return max(product.uom_id.round(steps * product.uom_id.rounding), 0), component

    @api.model
    def _get_default_picking_type(self, bom=None):
        if bom and bom.picking_type_id:
            return bom.picking_type_id
        type_id = self.env["mrp.production"]._get_default_picking_type_id(
            self.env.company.id
        )
        return self.env["stock.picking.type"].browse(type_id)

    @api.model
    def _get_component_lines(self, product, bom, picking_type):
        """What one unit of the product takes.

        :return: a list of BoM line, values as of core's ``explode``, issue method, and
            location that it is taken from
        """
        times = product.uom_id._compute_quantity(
            1.0, bom.product_uom_id, round=False
        ) / (bom.product_qty or 1.0)
        company = self.env.company
        _boms, lines = bom.explode(product, times, picking_type=picking_type)
        found = []
        for line, values in lines:
            workcenter = line.operation_id.workcenter_id
            method, _source, _record = company._resolve_issue_method(
                line.product_id, bom_line=line, workcenter=workcenter
            )
            location, _source = company._resolve_supply_location(
                picking_type.default_location_src_id,
                line.product_id,
                line,
                workcenter,
                method,
            )
            found.append((line, values, method, location))
        return found

    @api.model
    def _get_needs_of_one(self, lines):
        """What one unit of the product takes by itself: manual components, and what is
        needed once per order, left out.

        :param lines: as of ``_get_component_lines``
        :return: quantities in the component's unit, by component and location
        """
        needs = defaultdict(float)
        for line, values, method, location in lines:
            component = line.product_id
            if (
                method in NOT_FILLED_IN
                or not component.is_storable
                or values["is_fixed"]
            ):
                continue
            needs[component, location] += line.product_uom_id._compute_quantity(
                values["exact_qty"], component.uom_id, round=False
            )
        return needs

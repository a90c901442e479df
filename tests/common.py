from odoo import Command
from odoo.tests import Form, TransactionCase, new_test_user

from .client import WebClient, checking_actions

# How a person answers core's dialogs who confirms each of them.
CONFIRMING_BUTTONS = {
    "mrp.consumption.warning": "action_confirm",
    "mrp.production.backorder": "action_backorder",
}


def call_super(model_class, name):
    """A method that does what the class's own does without the class."""
    original = vars(model_class)[name]

    def method(records, *args, **kwargs):
        return getattr(super(model_class, records), name)(*args, **kwargs)

    # Odoo's decorators mark methods with attributes.
    method.__dict__.update(original.__dict__)
    return method


class BackflushCase(TransactionCase):
    """A small factory: a finished product and components with stock.

    Quantities are in Units unless said otherwise; the BoM makes one finished unit.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for checking in checking_actions(cls.registry):
            cls.startClassPatcher(checking)
        cls.env = cls.env(context=dict(cls.env.context, tracking_disable=True))
        # Forms show operations and lots to those who work with them.
        cls.env.user.group_ids += cls.env.ref("mrp.group_mrp_routings") + cls.env.ref(
            "stock.group_production_lot"
        )
        cls.company = cls.env.company
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )
        cls.stock = cls.warehouse.lot_stock_id
        cls.unit = cls.env.ref("uom.product_uom_unit")
        cls.category = cls.env["product.category"].create({"name": "Hardware"})
        cls.finished = cls.create_product("Table")

    @classmethod
    def create_product(cls, name, stock=0, **values):
        """:param stock: on hand in the warehouse's stock location"""
        product = cls.env["product.product"].create(
            {"name": name, "is_storable": True, "categ_id": cls.category.id, **values}
        )
        if stock:
            cls.add_stock(product, stock)
        # Core returns it with a context in which its copies get no variant.
        return product.with_env(cls.env)

    @classmethod
    def add_stock(cls, product, quantity, lot=None, location=None):
        cls.env["stock.quant"]._update_available_quantity(
            product, location or cls.stock, quantity, lot_id=lot
        )

    @classmethod
    def create_parts(cls, number, quantity=0, lots=0, **values):
        """Many components in one go.

        :param quantity: on hand of each, in every lot of it
        :param lots: how many lots of each; tracked by lot then
        """
        parts = cls.env["product.product"].create(
            [
                {
                    "name": f"Part {index}",
                    "is_storable": True,
                    "categ_id": cls.category.id,
                    "tracking": "lot" if lots else "none",
                    **values,
                }
                for index in range(number)
            ]
        )
        held = [{"product_id": part.id} for part in parts]
        if lots:
            made = cls.env["stock.lot"].create(
                [
                    {"name": f"L{index}", "product_id": part.id}
                    for part in parts
                    for index in range(lots)
                ]
            )
            held = [{"product_id": lot.product_id.id, "lot_id": lot.id} for lot in made]
        if quantity:
            cls.env["stock.quant"].create(
                [
                    {**vals, "location_id": cls.stock.id, "quantity": quantity}
                    for vals in held
                ]
            )
        return parts.with_env(cls.env)

    @classmethod
    def create_location(cls, name, **values):
        """A location of its own below the warehouse's stock, unless said otherwise."""
        return cls.env["stock.location"].create(
            {"name": name, "location_id": cls.stock.id, "usage": "internal", **values}
        )

    @classmethod
    def create_lot(cls, product, name):
        return cls.env["stock.lot"].create({"name": name, "product_id": product.id})

    @classmethod
    def create_bom(cls, *lines, product=None, operations=(), **values):
        """:param lines: (product, quantity, values) of each component
        :param operations: names; an operation is at a work center of its own name
        """
        product = product or cls.finished
        bom = cls.env["mrp.bom"].create(
            {
                "product_tmpl_id": product.product_tmpl_id.id,
                "product_qty": 1,
                **values,
            }
        )
        for name in operations:
            workcenter = cls.env["mrp.workcenter"].create({"name": name})
            cls.env["mrp.routing.workcenter"].create(
                {"name": name, "bom_id": bom.id, "workcenter_id": workcenter.id}
            )
        bom.bom_line_ids = [
            Command.create(
                {
                    "product_id": component.id,
                    "product_qty": quantity,
                    **cls._with_operation(bom, line_values),
                }
            )
            for component, quantity, line_values in lines
        ]
        return bom

    @classmethod
    def _with_operation(cls, bom, values):
        values = dict(values)
        name = values.pop("operation", None)
        if name:
            operation = bom.operation_ids.filtered(lambda op: op.name == name)
            values["operation_id"] = operation.id
        return values

    @classmethod
    def create_order(cls, bom, quantity=10, confirm=True, **values):
        """:param values: written to the order before it is confirmed"""
        order = cls.env["mrp.production"].create(
            {
                "product_id": cls.get_product_made(bom).id,
                "bom_id": bom.id,
                "product_qty": quantity,
            }
        )
        return cls.prepare_order(order, confirm, values)

    @classmethod
    def create_order_by_form(cls, bom, quantity=10, confirm=True, **values):
        """The same as a person does it, where what the form does is the subject."""
        order_form = Form(cls.env["mrp.production"])
        order_form.product_id = cls.get_product_made(bom)
        order_form.bom_id = bom
        order_form.product_qty = quantity
        return cls.prepare_order(order_form.save(), confirm, values)

    @classmethod
    def get_product_made(cls, bom):
        return bom.product_id or bom.product_tmpl_id.product_variant_id

    @classmethod
    def prepare_order(cls, order, confirm, values):
        if values:
            order.write(values)
        if confirm:
            order.action_confirm()
        return order

    @classmethod
    def component(cls, order, product):
        """The line of the order's component list, not what was issued of it early."""
        return order.move_raw_ids.filtered(
            lambda move: move.product_id == product and not move.issue_component_id
        )

    @classmethod
    def consumed(cls, orders, product):
        """What the orders have really consumed, in the product's unit."""
        return sum(
            orders.move_raw_ids.filtered(
                lambda move: move.product_id == product and move.state == "done"
            ).move_line_ids.mapped("quantity_product_uom")
        )

    @classmethod
    def get_chain(cls, order):
        return order.production_group_id.production_ids.sorted("id")

    def report(self, order, quantity):
        """Type the quantity produced, as on the form."""
        with Form(order) as form:
            form.qty_producing = quantity

    def produce(self, order, quantity):
        """Produce a part of the order.

        :return: the backorder, if one is left
        """
        before = self.get_chain(order)
        self.report(order, quantity)
        self.finish(order.button_mark_done())
        self.assertEqual(order.state, "done")
        return self.get_chain(order) - before

    def on_hand(self, product):
        """Quantity in the warehouse's stock, negative quants included."""
        quants = self.env["stock.quant"].search(
            [
                ("product_id", "=", product.id),
                ("location_id", "child_of", self.stock.id),
            ]
        )
        return sum(quants.mapped("quantity"))

    def client(self, user=None):
        """The browser of a user, by default the test's."""
        return WebClient(self.env(user=user) if user else self.env)

    def open(self, action, user=None):
        """Open the form of an action in a browser."""
        return self.client(user).open(action)

    def finish(self, action):
        """Answer core's dialogs as a person would who confirms each of them."""
        while isinstance(action, dict) and action.get("res_model") in (
            CONFIRMING_BUTTONS
        ):
            dialog = self.open(action)
            action = dialog.press(CONFIRMING_BUTTONS[action["res_model"]])
        return action

    def change_quantity(self, order, quantity):
        """Answer core's dialog *Change Quantity To Produce*.

        :return: the action that the browser opens next; False if it only closes
        """
        dialog = self.open(
            {
                "res_model": "change.production.qty",
                "context": {"default_mo_id": order.id},
            }
        )
        dialog.product_qty = quantity
        return dialog.press("change_prod_qty")

    def set_quantities(self, action):
        """Press *Set Quantities & Validate* of core's consumption warning."""
        self.assertEqual(action["res_model"], "mrp.consumption.warning")
        return self.open(action).press("action_set_qty")

    @classmethod
    def create_user(cls, login, *groups, **values):
        accounting = "account.group_account_readonly"
        if "mrp.group_mrp_user" in groups and cls.env.ref(accounting, False):
            # With mrp_account core lets nobody else make backorders.
            groups += (accounting,)
        return new_test_user(cls.env, login=login, groups=",".join(groups), **values)

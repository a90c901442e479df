"""People who count, validate and produce at once. In Odoo's shell."""

from odoo.api import Environment
from odoo.modules.registry import Registry

from .processes import Workshop, meet


class Shelf(Workshop):
    """1,000 frames lie on a shelf, of which a table takes one."""

    def __init__(self, env, method="completion"):
        super().__init__(env)
        env.company.shortage_rule = "allow"
        env.company.use_line_count = True
        self.shelf = env["stock.location"].create(
            {"name": "Shelf", "location_id": self.stock.id, "usage": "internal"}
        )
        self.frame, self.paint, self.table = env["product.product"].create(
            [
                {"name": name, "is_storable": True}
                for name in ("Frame", "Paint", "Table")
            ]
        )
        for product in self.frame | self.paint:
            env["stock.quant"]._update_available_quantity(product, self.shelf, 1000)
        self.bom = env["mrp.bom"].create(
            {
                "product_tmpl_id": self.table.product_tmpl_id.id,
                "consumption": "flexible",
                "bom_line_ids": [
                    (
                        *(0, 0),
                        {
                            "product_id": self.frame.id,
                            "product_qty": 1,
                            "issue_method": method,
                            "supply_location_id": self.shelf.id,
                        },
                    )
                ],
            }
        )

    def order(self, quantity):
        order = self.env["mrp.production"].create(
            {
                "product_id": self.table.id,
                "bom_id": self.bom.id,
                "product_qty": quantity,
            }
        )
        order.action_confirm()
        return order

    def completed(self, quantity):
        order = self.order(quantity)
        order.button_mark_done()
        return order

    def sheet(self, counted=None):
        sheet = self.env["mrp.line.count"].create({"location_id": self.shelf.id})
        sheet.action_load()
        if counted is not None:
            self.line(sheet).counted_quantity = counted
        return sheet

    def line(self, sheet):
        return sheet.line_ids.filtered(lambda line: line.product_id == self.frame)

    # What people do, each in an environment of their own.

    def complete(self, order):
        return lambda own: own["mrp.production"].browse(order.id).button_mark_done()

    def count(self, sheet, quantity):
        line_id = self.line(sheet).id

        def act(own):
            line = own["mrp.line.count.line"].browse(line_id)
            line.counted_quantity = quantity

        return act

    def validate(self, sheet):
        return lambda own: own["mrp.line.count"].browse(sheet.id).action_validate()

    def cancel(self, sheet):
        return lambda own: own["mrp.line.count"].browse(sheet.id).action_cancel("Wrong")

    def correct(self, order, quantity):
        move_id = order.move_raw_ids.id
        return lambda own: (
            own["stock.move"].browse(move_id).write({"quantity": quantity})
        )

    def having_written(self, action):
        """In the midst of a transaction that can't begin anew."""
        partner_id = self.env["res.partner"].create({"name": "Written"}).id

        def act(own):
            own["res.partner"].browse(partner_id).name = "Written first"
            own.flush_all()
            action(own)

        return act

    # What is left.

    def look(self, *orders):
        """How often each order's use was counted, and what is wrong."""
        self.env.invalidate_all()
        lines = self.env["mrp.line.count.line"].search(
            [("location_id", "=", self.shelf.id), ("product_id", "=", self.frame.id)]
        )
        counted = lines.filtered(lambda line: line.state == "done").share_ids
        quants = self.env["stock.quant"].search(
            [
                ("product_id", "=", self.frame.id),
                ("location_id", "child_of", self.shelf.id),
            ]
        )
        broken = lines.filtered(lambda line: line.state != line.count_id.state)
        # A closed sheet has posted all that was counted on it.
        unposted = lines.filtered(
            lambda line: (
                line.state == "done"
                and line.counted_at
                and line.difference
                and not self.env["stock.move"].search_count(
                    [("line_count_line_id", "=", line.id)]
                )
            )
        )
        return {
            "counted": [
                sum(
                    counted.filtered(
                        lambda share, order=order: share.production_id == order
                    ).mapped("base_quantity")
                )
                for order in orders
            ],
            "on shelf": sum(quants.mapped("quantity")),
            "broken": broken.ids + unposted.ids,
        }


def meet_both_ways(env, prepare):
    """
    :param prepare: makes a case anew: what it looks at then, two actions
    :return: of each way round and each kind of delay what both got, and what is left
    """
    results = []
    for way in (1, -1):
        for options in ({}, {"hold": 0.4}, {"hold": 0.4, "is_midway": True}):
            look, *actions = prepare()
            answers = meet(env, *actions[::way], **options)
            results.append([answers[::way], look()])
    return results


def older_than_the_count(env, prepare):
    """A completion begins, somebody counts and commits, and the completion commits.

    :param prepare: as of ``meet_both_ways``: the completion, and the count
    """
    look, complete, count = prepare()
    env.cr.commit()
    registry = Registry(env.cr.dbname)
    with registry.cursor() as cr:
        # Sees the database as it is now.
        own = Environment(cr, env.uid, {})
        own["mrp.production"].search_count([])
        with registry.cursor() as other:
            count(Environment(other, env.uid, {}))
        own["res.partner"].create({"name": "It can't begin anew"})
        complete(own)
    env.cr.rollback()
    return look()


def count_beside_completion(env, method="completion"):
    shelf = Shelf(env, method)

    def prepare():
        first, second = shelf.completed(10), shelf.order(20)
        sheet = shelf.sheet()

        def look():
            found = shelf.look(first, second)
            shelf.line(sheet).count_id.action_validate()
            after = shelf.sheet(shelf.look()["on shelf"])
            after.action_validate()
            env.cr.commit()
            return [found["broken"], shelf.look(first, second)["counted"]]

        return look, shelf.complete(second), shelf.count(sheet, 900)

    return prepare


def validated_twice(env):
    shelf = Shelf(env)

    def prepare():
        order = shelf.completed(10)
        before = shelf.look()["on shelf"]
        sheet = shelf.sheet(before - 2)

        def look():
            found = shelf.look(order)
            found["on shelf"] -= before
            return found

        return look, shelf.validate(sheet), shelf.validate(sheet)

    return prepare


def two_sheets(env, is_written=False):
    """Both are counted at once: one of them is refused then."""
    shelf = Shelf(env)
    wrap = shelf.having_written if is_written else lambda action: action

    def prepare():
        order = shelf.completed(10)
        before = shelf.look()["on shelf"]
        one, other = shelf.sheet(before - 2), shelf.sheet()

        def look():
            for sheet in one | other:
                if sheet.state == "draft":
                    try:
                        with env.cr.savepoint():
                            sheet.action_validate()
                    except Exception:
                        sheet.action_cancel("The other one counts")
            env.cr.commit()
            found = shelf.look(order)
            found["on shelf"] -= before
            return found

        return look, wrap(shelf.validate(one)), wrap(shelf.count(other, before - 2))

    return prepare


def counted_by_two(env, is_written=False):
    shelf = Shelf(env)
    wrap = shelf.having_written if is_written else lambda action: action

    def prepare():
        order = shelf.completed(10)
        before = shelf.look()["on shelf"]
        sheet = shelf.sheet()

        def look():
            sheet.action_validate()
            env.cr.commit()
            found = shelf.look(order)
            found["on shelf"] -= before
            return found

        return (
            look,
            wrap(shelf.count(sheet, before - 1)),
            wrap(shelf.count(sheet, before - 2)),
        )

    return prepare


def validated_beside_counting(env, is_written=False, is_new=False):
    """Somebody still counts, on a sheet that is validated."""
    shelf = Shelf(env)
    wrap = shelf.having_written if is_written else lambda action: action

    def prepare():
        order = shelf.completed(10)
        before = shelf.look()["on shelf"]
        sheet = shelf.sheet()
        if is_new:
            shelf.line(sheet).counted_quantity = before
            vals = {"count_id": sheet.id, "product_id": shelf.paint.id}
            vals["counted_quantity"] = shelf.paint.qty_available - 1

            def count(own):
                own["mrp.line.count.line"].create(vals)

        else:
            shelf.line(sheet).counted_quantity = before - 1
            count = shelf.count(sheet, before - 3)

        def look():
            paint = env["mrp.line.count.line"].search(
                [("count_id", "=", sheet.id), ("product_id", "=", shelf.paint.id)]
            )
            if sheet.state == "draft":
                sheet.action_validate()
                env.cr.commit()
            found = shelf.look(order)
            found["on shelf"] -= before
            found["broken"] += paint.filtered(
                lambda line: line.counted_at and not line.count_id.move_ids
            ).ids
            return found

        return look, wrap(shelf.validate(sheet)), wrap(count)

    return prepare


def loaded_twice(env):
    shelf = Shelf(env)

    def prepare():
        order = shelf.completed(10)
        sheet = env["mrp.line.count"].create({"location_id": shelf.shelf.id})

        def load(own):
            own["mrp.line.count"].browse(sheet.id).action_load()

        def look():
            found = shelf.look(order)
            found["lines"] = len(sheet.line_ids)
            return found

        return look, load, load

    return prepare


def corrected_beside_count(env):
    shelf = Shelf(env)

    def prepare():
        order = shelf.completed(10)
        before = shelf.look()["on shelf"]
        sheet = shelf.sheet()

        def look():
            sheet.action_validate()
            shelf.sheet(shelf.look()["on shelf"]).action_validate()
            env.cr.commit()
            return shelf.look(order)["counted"]

        return look, shelf.correct(order, 14), shelf.count(sheet, before)

    return prepare


def cancelled_beside_counting(env):
    """The last count is cancelled while somebody counts anew."""
    shelf = Shelf(env)

    def prepare():
        order = shelf.completed(10)
        before = shelf.look()["on shelf"]
        done = shelf.sheet(before - 1)
        done.action_validate()
        sheet = shelf.sheet()

        def look():
            sheet.action_validate()
            env.cr.commit()
            return [shelf.look(order)["counted"], done.state]

        return look, shelf.cancel(done), shelf.count(sheet, before - 1)

    return prepare

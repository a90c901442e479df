"""People who undo and unbuild the same order at once. In Odoo's shell."""

import time

from .processes import Workshop, meet

# Seconds: one is done and hasn't committed, when the other begins.
LINGERING, HESITATION = 0.4, 0.2


def first(action):
    def act(own):
        action(own)
        own.flush_all()
        time.sleep(LINGERING)

    return act


def second(action):
    def act(own):
        time.sleep(HESITATION)
        action(own)

    return act


class Rework(Workshop):
    """10 tables that were reported, and 20 of others; frames for what was asked."""

    def __init__(self, env, rule, frames):
        super().__init__(env)
        env.company.shortage_rule = rule
        order = self.create_order(frames)
        self.frame, self.table = order.move_raw_ids.product_id, order.product_id
        order.action_cancel()
        reports = env["mrp.production.report"]
        answer = reports.report_production(self.table.id, 10)
        self.report = reports.browse(answer["id"])
        self.order = self.report.production_id
        self.receive(self.table, 20)

    def undo(self):
        def act(own):
            own["mrp.production.report"].browse(self.report.id).action_undo()

        return act

    def unbuild(self, quantity):
        """An unbuild order of its own, drafted before."""
        return self.press(self.draft(quantity))

    def draft(self, quantity):
        return self.env["mrp.unbuild"].create(
            {"mo_id": self.order.id, "product_qty": quantity}
        )

    def press(self, unbuild):
        def act(own):
            own["mrp.unbuild"].browse(unbuild.id).action_validate()

        return act

    def retry(self):
        exceptions = self.order.backflush_exception_ids

        def act(own):
            own["mrp.backflush.exception"].browse(exceptions.ids).action_retry()

        return act

    def meet(self, *actions):
        """:return: what each got, and what is found then"""
        return [meet(self.env, *actions), self.find()]

    def find(self):
        exceptions = self.order.backflush_exception_ids
        found = self.look(self.order)
        return {
            "frames": round(found["on_hand"], 2),
            "tables": found["produced"],
            "waiting": round(
                sum(each.quantity for each in exceptions if each.state == "open"),
                2,
            ),
            "leaked": found["leaked"],
        }


def meet_undoing(env, rule, names, rounds):
    """Have two undo a report or unbuild all of its order at once.

    :param names: ``undo`` or ``unbuild``, of who comes first and who comes later
    """
    results = []
    for _round in range(rounds):
        rework = Rework(env, rule, frames=12)
        one, other = (
            rework.undo() if name == "undo" else rework.unbuild(10) for name in names
        )
        results.append(rework.meet(first(one), second(other)))
    return results


def meet_at_once(env, rule, names, rounds):
    """The same, with nobody before the other."""
    results = []
    for _round in range(rounds):
        rework = Rework(env, rule, frames=12)
        results.append(
            rework.meet(
                *(
                    rework.undo() if name == "undo" else rework.unbuild(10)
                    for name in names
                )
            )
        )
    return results


def meet_pressing_the_same(env, rule, rounds):
    results = []
    for _round in range(rounds):
        rework = Rework(env, rule, frames=12)
        press = rework.press(rework.draft(4))
        results.append(rework.meet(first(press), second(press)))
    return results


def meet_unbuilding_parts(env, rounds):
    """3 of 10 frames wait, and 4 tables are unbuilt twice."""
    results = []
    for _round in range(rounds):
        rework = Rework(env, "park", frames=7)
        results.append(rework.meet(first(rework.unbuild(4)), second(rework.unbuild(4))))
    return results


def meet_settling(env, is_unbuilt_first, rounds):
    """3 of 10 frames wait, and 5 have arrived when all tables are unbuilt."""
    results = []
    for _round in range(rounds):
        rework = Rework(env, "park", frames=7)
        rework.receive(rework.frame, 5)
        actions = [rework.unbuild(10), rework.retry()]
        if not is_unbuilt_first:
            actions.reverse()
        results.append(rework.meet(first(actions[0]), second(actions[1])))
    return results

"""People who decide on BoM proposals, and look for them, at once. In Odoo's shell."""

from .processes import Workshop, meet

# What ten orders used of the 100 that each needed: on the whole 5 % more.
USED = (104, 106, 105, 104, 106, 105, 104, 106, 104, 106)


class Planners(Workshop):
    """10 drops of glue for a table, and 10.5 are used."""

    def __init__(self, env):
        super().__init__(env)
        env.company.use_consumption_analysis = True
        self.glue, self.table = env["product.product"].create(
            [{"name": name, "is_storable": True} for name in ("Glue", "Table")]
        )
        self.receive(self.glue, 100000)
        self.bom = env["mrp.bom"].create(
            {
                "product_tmpl_id": self.table.product_tmpl_id.id,
                "consumption": "flexible",
                "bom_line_ids": [
                    (
                        *(0, 0),
                        {
                            "product_id": self.glue.id,
                            "product_qty": 10,
                            "issue_method": "manual",
                        },
                    )
                ],
            }
        )
        for used in USED:
            order = env["mrp.production"].create(
                {"product_id": self.table.id, "bom_id": self.bom.id, "product_qty": 10}
            )
            order.action_confirm()
            order.move_raw_ids.action_issue(used)
            order.button_mark_done()

    def find(self):
        return self.env["mrp.bom.proposal"].search([("bom_id", "=", self.bom.id)])

    def propose(self):
        self.env["mrp.bom.proposal"].generate()
        return self.find()

    # What people do, each in an environment of their own.

    def look_for_proposals(self, own):
        own["mrp.bom.proposal"].generate()

    def look_monthly(self, own):
        own["mrp.bom.proposal"]._generate_monthly()

    def apply(self, proposal):
        return lambda own: own["mrp.bom.proposal"].browse(proposal.id).action_apply()

    def reject(self, proposal):
        return lambda own: (
            own["mrp.bom.proposal"].browse(proposal.id).action_reject("Not so")
        )

    def change_line(self, quantity):
        line_id = self.bom.bom_line_ids.id

        def act(own):
            own["mrp.bom.line"].browse(line_id).product_qty = quantity

        return act

    # What is left.

    def look(self):
        self.env.invalidate_all()
        notes = self.bom.message_ids.filtered(lambda note: "Proposal" in str(note.body))
        return {
            "line": self.bom.bom_line_ids.mapped("product_qty"),
            "states": self.find().mapped("state"),
            "notes": len(notes),
        }


def meet_both_ways(env, prepare):
    """
    :param prepare: makes, of planners, the two actions that meet
    :return: what each got and what is left: at once, and with either of them about to
        commit when the other one begins
    """
    found = []
    for hold, is_turned in ((0, False), (0.5, False), (0.5, True)):
        planners = Planners(env)
        actions = prepare(planners)
        ordered = reversed(actions) if is_turned else actions
        answers = meet(env, *ordered, hold=hold)
        if is_turned:
            answers.reverse()
        found.append([answers, planners.look()])
    return found


def apply_twice(planners):
    proposal = planners.propose()
    return [planners.apply(proposal), planners.apply(proposal)]


def apply_and_reject(planners):
    proposal = planners.propose()
    return [planners.apply(proposal), planners.reject(proposal)]


def apply_beside_a_change(planners):
    return [planners.apply(planners.propose()), planners.change_line(12)]


def look_twice(planners):
    return [planners.look_for_proposals, planners.look_for_proposals]


def look_beside_the_scheduled_action(planners):
    return [planners.look_for_proposals, planners.look_monthly]


def apply_while_others_look(planners):
    return [planners.apply(planners.propose()), planners.look_monthly]

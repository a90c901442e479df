"""Orders completed with and without accounting, and what the analysis says of them when
that is removed, and installed again.

Plain pytest: each changes which modules are loaded, so each step is a process.
"""

import os

import pytest

from .databases import copied_database, run_in_shell

COMPLETE = """
company = env.company
company.use_consumption_analysis = True
screw = env["product.product"].search([("default_code", "=", "SCREW")])
if not screw:
    screw, lamp = env["product.product"].create([
        {"name": "Screw", "default_code": "SCREW", "is_storable": True},
        {"name": "Lamp", "default_code": "LAMP", "is_storable": True},
    ])
    stock = env["stock.warehouse"].search([], limit=1).lot_stock_id
    env["stock.quant"]._update_available_quantity(screw, stock, 1000)
    env["mrp.bom"].create({
        "product_tmpl_id": lamp.product_tmpl_id.id,
        "consumption": "flexible",
        "bom_line_ids": [(0, 0, {"product_id": screw.id, "product_qty": 3})],
    })
lamp = env["product.product"].search([("default_code", "=", "LAMP")])
# Planned at 2.00, issued at 2.50.
screw.standard_price = 2
order = env["mrp.production"].create(
    {"product_id": lamp.id, "bom_id": lamp.bom_ids.id, "product_qty": 10}
)
order.action_confirm()
screw.standard_price = 2.5
order.move_raw_ids.action_issue(33)
order.button_mark_done()
assert order.state == "done", order.state
answer = order.id
"""

READ = """
orders = env["mrp.production"].search(
    [("product_id.default_code", "=", "LAMP"), ("state", "=", "done")], order="id"
)
names = [
    *("planned_cost", "price_cost", "usage_cost", "rounding_cost", "scrap_cost"),
    *("lot_size_cost", "substitution_cost", "not_issued_cost", "count_cost"),
]
answer = []
for order in orders:
    rows = env["mrp.consumption.analysis"].search([("production_id", "=", order.id)])
    total = sum(sum(rows.mapped(name)) for name in names)
    actual = sum(rows.mapped("actual_cost"))
    assert abs(total - actual) < 1e-6, (order.name, total, actual)
    answer.append([round(sum(rows.mapped(name)), 2) for name in (
        "planned_cost", "price_cost", "usage_cost", "actual_cost"
    )])
env["mrp.consumption.analysis"].formatted_read_group(
    [], ["product_id", "date:month"], ["actual_cost:sum", "deviation_percent:avg"]
)
# The page of the order and its overview.
order._get_consumption_analysis()
env["report.mrp.report_mo_overview"].get_report_values(order.id)
"""

CHANGE = """
env["ir.module.module"].search([("name", "=", "{}")]).button_immediate_{}()
answer = True
"""

# 30 screws at 2.00, three more; 33 at 2.50, where values are known.
VALUED = [60.0, 16.5, 6.0, 82.5]
FROZEN = [60.0, 0.0, 6.0, 66.0]


@pytest.fixture
def database(request):
    with copied_database(request.node.name) as name:
        yield name


def is_valued(database):
    return run_in_shell(
        database, "answer = 'value' in env['stock.move']._fields and 1 or 0"
    )


def test_the_analysis_goes_on(database):
    assert is_valued(database), os.environ["BASE_DATABASE"]
    run_in_shell(database, COMPLETE)
    assert run_in_shell(database, READ) == [VALUED]

    run_in_shell(database, CHANGE.format("stock_account", "uninstall"))
    assert not is_valued(database)
    # At the costs of the day when it was planned.
    assert run_in_shell(database, READ) == [FROZEN]
    run_in_shell(database, COMPLETE)
    assert run_in_shell(database, READ) == [FROZEN, FROZEN]

    run_in_shell(database, CHANGE.format("mrp_account", "install"))
    assert is_valued(database)
    run_in_shell(database, COMPLETE)
    first, second, third = run_in_shell(database, READ)
    assert third == VALUED
    assert [first, second] == [FROZEN, FROZEN]

"""How long the module takes to install on a database with a long history.

The first argument is a database with core's modules alone: it is filled with stock
moves by SQL, and the module is installed. The second is the number of moves.
"""

import os
import subprocess
import sys
import time

import psycopg2

FILL = """
    INSERT INTO stock_move (product_id, product_uom, product_uom_qty, product_qty,
                            company_id, location_id, location_dest_id, state,
                            procure_method, date, origin)
    SELECT product.id, template.uom_id, 1, 1, company.id, location.id, location.id,
           'done', 'make_to_stock', now(), 'history'
      FROM generate_series(1, %s),
           (SELECT id, product_tmpl_id FROM product_product LIMIT 1) AS product
      JOIN product_template AS template ON template.id = product.product_tmpl_id,
           (SELECT id FROM res_company LIMIT 1) AS company,
           (SELECT id FROM stock_location LIMIT 1) AS location
"""


def main():
    database, moves = sys.argv[1], int(sys.argv[2])
    connection = psycopg2.connect(dbname=database)
    with connection, connection.cursor() as cursor:
        cursor.execute(FILL, [moves])
        cursor.execute("SELECT count(*) FROM stock_move")
        [count] = cursor.fetchone()
    connection.close()
    started = time.perf_counter()
    subprocess.run(
        [
            *(sys.executable, "-m", "odoo", "server", f"--database={database}"),
            f"--addons-path={os.environ['ADDONS_PATH']}",
            f"--data-dir={os.environ['DATA_DIR']}",
            *("--init=mrp_backflush", "--stop-after-init", "--no-http"),
            *("--max-cron-threads=0", "--log-level=warn"),
        ],
        check=True,
    )
    print(f"{count:,} stock moves: {time.perf_counter() - started:.1f} s to install")


if __name__ == "__main__":
    main()

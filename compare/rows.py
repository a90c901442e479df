"""What a world's database holds, as plain values that don't depend on ids.

A record that others refer to has a name: what people call it, or what it belongs to
and its place among its likes in the order of creation. Others are told by their
values alone.
"""

import re
from collections import Counter
from datetime import date, datetime

MODELS = (
    "mrp.production",
    "mrp.workorder",
    "stock.move",
    "stock.move.line",
    "stock.quant",
    "stock.picking",
    "stock.lot",
    "stock.package",
    "stock.scrap",
    "mrp.unbuild",
    "mrp.workcenter.productivity",
    "product.product",
    "product.value",
    "account.move",
    "account.move.line",
    "account.analytic.line",
    "mail.activity",
    "mail.message",
)
# Of these, not all of core's stored fields.
STORED = {
    "product.product": ("default_code",),
    "mail.message": ("body", "subject", "subtype_id", "author_id", "message_type"),
    "mail.activity": ("summary", "note", "user_id", "activity_type_id"),
}
# Computed by core and shown to people: read now and then, as it takes long.
COMPUTED = {
    "mrp.production": (
        *("components_availability", "components_availability_state"),
        *("reservation_state", "unreserve_visible", "delivery_count", "qty_produced"),
    ),
    "mrp.workorder": ("qty_remaining", "is_produced"),
    "stock.move": (
        *("forecast_availability", "should_consume_qty", "product_qty"),
        *("remaining_qty", "remaining_value", "lot_ids"),
    ),
    "stock.quant": ("value", "available_quantity"),
    "product.product": (
        *("standard_price", "avg_cost", "total_value", "qty_available"),
        *("virtual_available", "free_qty", "outgoing_qty", "incoming_qty"),
    ),
}
# Of the database's own, or different from one run to the next.
IGNORED = {
    *("id", "create_date", "write_date", "write_uid", "parent_path", "access_token"),
    *("message_main_attachment_id", "message_id", "mail_mail_ids", "res_id"),
    *("notification_ids", "tracking_value_ids", "record_company_id", "sequence_number"),
    # A work order's holds its id.
    "barcode",
}
# Told by their values.
NAMELESS = {"stock.move.line", "stock.quant"}
UNIQUE_NAMES = {
    *("res.partner", "res.users", "res.company", "product.product", "uom.uom"),
    *("stock.location", "stock.warehouse", "stock.package", "account.account"),
    *("mrp.workcenter", "stock.picking.type", "account.journal", "res.currency"),
}
# Ids in texts, as in stock.move(12, 13).
IDS = re.compile(r"(?<=[a-z])\([\d, ]+\)|(?<=data-oe-id=\")\d+|(?<=/)\d+(?=[\"?])")


class Reader:
    """Reads the rows that a world has made since the reader was created."""

    def __init__(self, env):
        self.env = env
        self.first = {model: self._last_id(model) for model in MODELS}
        self.names = {}
        self.fields = {
            model: STORED.get(model) or self._list_stored(model) for model in MODELS
        }

    def _last_id(self, model):
        return (
            self.env[model]
            .with_context(active_test=False)
            .search([], order="id desc", limit=1)
            .id
            or 0
        )

    def _list_stored(self, model):
        return [
            name
            for name, field in self.env[model]._fields.items()
            if field.store
            and field.type not in ("binary", "one2many", "many2one_reference")
            and name not in IGNORED
            and not field.company_dependent
        ]

    def read(self, is_thorough):
        """
        :param is_thorough: also read what core computes
        :return: by model a list of rows, by field name; in an order of their own
        """
        records = {
            model: self.env[model]
            .with_context(active_test=False)
            .search([("id", ">", self.first[model])], order="id")
            for model in MODELS
        }
        self.names.clear()
        for model in MODELS:
            if model not in NAMELESS:
                self._name(records[model])
        return {
            model: sorted(
                self._read(records[model], is_thorough),
                key=lambda row: str(row["name"]),
            )
            for model in MODELS
        }

    def _read(self, records, is_thorough):
        fields = [*self.fields[records._name]]
        if is_thorough:
            fields += COMPUTED.get(records._name, ())
        rows = []
        for record, values in zip(
            records, records.read(fields, load=None), strict=True
        ):
            del values["id"]
            row = {
                name: self._plain(record._fields[name], value)
                for name, value in values.items()
            }
            row["name"] = self._get_row_name(record, row)
            rows.append(row)
        return rows

    def _get_row_name(self, record, row):
        if record._name in NAMELESS:
            keys = ("move_id", "product_id", "location_id", "lot_id", "package_id")
            keys = [str(row[key]) for key in keys if row.get(key)]
            return " ".join([*keys, str(row["owner_id"] or ""), str(row["quantity"])])
        return self.names[record._name, record.id]

    # Names.

    def _name(self, records):
        count = Counter()
        for record in records:
            family = self._get_family(record)
            count[family] += 1
            number = count[family]
            self.names[record._name, record.id] = (
                family if number == 1 else f"{family} #{number}"
            )

    def _get_family(self, record):
        """What a record is called, which others may be called as well."""
        model = record._name
        if model == "stock.move":
            owner = (
                record.raw_material_production_id
                or record.production_id
                or record.picking_id
                or record.unbuild_id
                or record.consume_unbuild_id
                or record.scrap_id
            )
            role = "uses" if record.raw_material_production_id else "moves"
            return f"{owner.name or 'nothing'} {role} {record.product_id.default_code}"
        if model == "mrp.workorder":
            return f"{record.production_id.name} {record.name}"
        if model == "stock.lot":
            return f"{record.product_id.default_code} {record.name}"
        if model in ("mail.message", "mail.activity"):
            return f"{record._name} of {self._name_document(record)}"
        if model == "product.value":
            return f"{record.product_id.default_code} {record.lot_id.name or ''}"
        if not record._rec_name:
            return record._description
        return f"{record._description} {record.display_name or ''}".strip()

    def _name_document(self, record):
        model = record["model" if record._name == "mail.message" else "res_model"]
        return self.names.get((model, record.res_id)) or model or "nothing"

    def _get_name(self, model, identity):
        """The name of a record that a row refers to."""
        key = (model, identity)
        if key not in self.names:
            record = self.env[model].browse(identity)
            self.names[key] = self._get_other_name(record)
        return self.names[key]

    def _get_other_name(self, record):
        if record._name in NAMELESS:
            return f"{record.product_id.default_code} {record.lot_id.name or ''}"
        if record._name in UNIQUE_NAMES or record._rec_name:
            return str(record.display_name)
        return record._name

    # Values.

    def _plain(self, field, value):
        if field.type == "many2one":
            return self._get_name(field.comodel_name, value) if value else False
        if field.type == "many2many":
            return sorted(self._get_name(field.comodel_name, each) for each in value)
        if isinstance(value, float):
            # More than any precision, less than what binary numbers leave.
            return round(value, 6) + 0.0
        if isinstance(value, date | datetime):
            return str(value)
        if isinstance(value, str):
            return remove_ids(value)
        return value


def remove_ids(text):
    return IDS.sub("", text)

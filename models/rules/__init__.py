"""What is needed, allocated, short and rounded, as plain functions and frozen values.

It may call nothing but itself and Odoo's functions on floats. It must not know the ORM,
a record or another room; every room may call it.
"""

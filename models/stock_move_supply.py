SUPPLY_LOCATION_SOURCES = [("order","Order"),("production","P")]

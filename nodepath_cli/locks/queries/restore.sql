-- Put a removed row back, with its number.
INSERT INTO {table} ({columns}) VALUES ({places})

-- A TIMESTAMP column was written down in this zone.
SET SESSION time_zone = :zone

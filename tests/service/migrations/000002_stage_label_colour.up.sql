ALTER TABLE stage_labels_nodepath
    ADD COLUMN colour CHAR(7) NOT NULL DEFAULT '#888888' AFTER label,
    ADD UNIQUE KEY uniq_stage (stage);

UPDATE stage_labels_nodepath SET colour = '#22aa44' WHERE stage = 'Welcome';

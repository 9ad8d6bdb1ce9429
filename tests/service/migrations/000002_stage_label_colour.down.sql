ALTER TABLE stage_labels_nodepath DROP INDEX uniq_stage, DROP COLUMN colour;

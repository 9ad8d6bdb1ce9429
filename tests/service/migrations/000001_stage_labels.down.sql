DROP TABLE stage_labels_nodepath;

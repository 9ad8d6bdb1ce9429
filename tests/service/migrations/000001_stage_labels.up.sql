-- Labels of the stages, shown in the panel; not used by the bots themselves.
CREATE TABLE stage_labels_nodepath (
    id INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    stage VARCHAR(255) NOT NULL,
    label VARCHAR(255) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

INSERT INTO stage_labels_nodepath (stage, label) VALUES ('Welcome', 'First contact'), ('Details', 'Asked for details');

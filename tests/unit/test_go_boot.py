"""The DDL of a program, in the order in which it is run."""

from __future__ import annotations

from tests.tree import Tree, brief
from tests.unit.go_host import ddl, statements

HEAD = 'package main\n\nimport (\n\t"database/sql"\n\t"fmt"\n)\n\n'


def test_constants_in_a_list_are_run_in_its_order() -> None:
    source = (
        HEAD
        + """
const (
	createUsers  = `CREATE TABLE IF NOT EXISTS users (id INT)`
	createOrders = `CREATE TABLE IF NOT EXISTS orders (id INT)`
)

func migrate(db *sql.DB) error {
	for _, statement := range []string{createOrders, createUsers} {
		if _, err := db.Exec(statement); err != nil {
			return fmt.Errorf("create: %w", err)
		}
	}
	return nil
}
"""
    )
    assert ddl(source) == [
        "CREATE TABLE IF NOT EXISTS orders (id INT)",
        "CREATE TABLE IF NOT EXISTS users (id INT)",
    ]


def test_an_alter_over_a_list_of_structs_is_one_statement_per_element() -> None:
    source = (
        HEAD
        + """
func addColumns(db *sql.DB) error {
	columns := []struct {
		name       string
		definition string
	}{
		{"instance", "TEXT"},
		{name: "id_erp", definition: "VARCHAR(255) NULL"},
	}
	for _, c := range columns {
		if exists(db, c.name) {
			continue
		}
		query := fmt.Sprintf("ALTER TABLE devices ADD COLUMN %s %s", c.name, c.definition)
		if _, err := db.Exec(query); err != nil {
			return err
		}
	}
	return nil
}
"""
    )
    assert ddl(source) == [
        "ALTER TABLE devices ADD COLUMN instance TEXT",
        "ALTER TABLE devices ADD COLUMN id_erp VARCHAR(255) NULL",
    ]


def test_what_is_run_under_a_check_counts_as_run() -> None:
    source = (
        HEAD
        + """
func f(db *sql.DB) {
	if !columnExists(db, "t", "b") {
		db.Exec("ALTER TABLE t ADD COLUMN b INT")
	}
}
"""
    )
    assert ddl(source) == ["ALTER TABLE t ADD COLUMN b INT"]


def test_functions_in_the_order_in_which_main_calls_them() -> None:
    files = {
        "a_last.go": "package main\n\nfunc last() { db.Exec(`ALTER TABLE t ADD COLUMN b INT`) }\n",
        "main.go": "package main\n\nfunc main() {\n\tsetup()\n\tlast()\n}\n",
        "z_first.go": "package main\n\nfunc setup() { first() }\n\n"
        "func first() { db.Exec(`CREATE TABLE t (a INT)`) }\n",
    }
    assert ddl(files) == ["CREATE TABLE t (a INT)", "ALTER TABLE t ADD COLUMN b INT"]


def test_a_list_of_migration_functions_gives_the_order() -> None:
    files = {
        "a.go": "package main\n\nfunc addEmail(db *DB) { db.Exec(`ALTER TABLE t ADD COLUMN email TEXT`) }\n",
        "b.go": "package main\n\nfunc base(db *DB) { db.Exec(`CREATE TABLE t (a INT)`) }\n",
        "main.go": "package main\n\nvar migrations = []func(*DB){base, addEmail}\n\n"
        "func main() {\n\tfor _, run := range migrations {\n\t\trun(db)\n\t}\n}\n",
    }
    assert ddl(files) == ["CREATE TABLE t (a INT)", "ALTER TABLE t ADD COLUMN email TEXT"]


def test_without_a_boot_function_it_is_the_order_of_files_and_places() -> None:
    files = {
        "b.go": "package a\n\nfunc g() { db.Exec(`CREATE TABLE c (a INT)`) }\n",
        "a.go": "package a\n\nfunc x() { db.Exec(`CREATE TABLE a (a INT)`)\n\tdb.Exec(`CREATE TABLE b (a INT)`) }\n",
    }
    assert ddl(files) == ["CREATE TABLE a (a INT)", "CREATE TABLE b (a INT)", "CREATE TABLE c (a INT)"]


def test_the_way_back_and_other_databases_are_left_out() -> None:
    source = (
        HEAD
        + """
func up(tx *sql.Tx)       { tx.Exec("CREATE TABLE t (a INT)") }
func down(tx *sql.Tx)     { tx.Exec("DROP TABLE t") }
func Down_20170124(tx *sql.Tx) { tx.Exec("DROP TABLE t") }
func rollbackV2(tx *sql.Tx) { tx.Exec("ALTER TABLE t DROP COLUMN a") }
func resetDatabase(tx *sql.Tx) { tx.Exec("DROP TABLE IF EXISTS t") }

func forSQLite(db *sql.DB, driver string) {
	if driver == "sqlite3" {
		db.Exec("CREATE TABLE s (a INTEGER PRIMARY KEY AUTOINCREMENT)")
	}
}
"""
    )
    assert ddl(source) == ["CREATE TABLE t (a INT)"]


def test_a_script_that_is_split_gives_its_statements() -> None:
    source = (
        HEAD
        + """
import "strings"

const schema = `CREATE TABLE a (x INT);
CREATE TABLE b (y INT)`

func f(db *sql.DB) {
	for _, statement := range strings.Split(schema, ";") {
		db.Exec(strings.TrimSpace(statement))
	}
}
"""
    )
    assert ddl(source) == ["CREATE TABLE a (x INT)", "CREATE TABLE b (y INT)"]


def test_a_loop_over_a_list_under_a_branch() -> None:
    source = (
        HEAD
        + """
func f(db *sql.DB, extra bool) {
	statements := []string{"CREATE TABLE a (x INT)"}
	if extra {
		statements = append(statements, "CREATE TABLE b (x INT)")
	}
	for _, statement := range statements {
		db.Exec(statement)
	}
}
"""
    )
    assert ddl(source) == ["CREATE TABLE a (x INT)", "CREATE TABLE b (x INT)"]


def test_what_a_shared_wrapper_drops_for_a_reset_is_left_out() -> None:
    source = (
        "package s\n\n"
        'import (\n\t"database/sql"\n\t"strings"\n)\n\n'
        'const create = "CREATE TABLE a (id INT); CREATE TABLE b (id INT)"\n'
        'const reset = "DROP TABLE a; DROP TABLE b"\n\n'
        'func initialize(db *sql.DB) { run(db, strings.Split(create, ";")) }\n'
        'func resetDatabase(db *sql.DB) { run(db, strings.Split(reset, ";")) }\n'
        "func run(db *sql.DB, texts []string) {\n\tfor _, text := range texts {\n\t\tdb.Exec(text)\n\t}\n}\n"
    )
    assert [text.strip() for text in ddl(source)] == ["CREATE TABLE a (id INT)", "CREATE TABLE b (id INT)"]


def test_migrations_that_init_functions_register_run_in_the_order_of_their_numbers() -> None:
    def step(number: int, sql: str) -> str:
        return (
            'package store\n\nimport "database/sql"\n\n'
            f'func up{number}(db *sql.DB) error {{\n\t_, err := db.Exec("{sql}")\n\treturn err\n}}\n\n'
            f"func init() {{\n\tMigrations = append(Migrations, &Step{{Up: up{number}}})\n}}\n"
        )

    files = {
        "m/index.go": "package store\n\ntype Step struct{ Up func(*sql.DB) error }\n\nvar Migrations []*Step\n",
        "m/10_drop.go": step(10, "ALTER TABLE a DROP COLUMN x"),
        "m/1_create.go": step(1, "CREATE TABLE a (id INT)"),
        "m/2_add.go": step(2, "ALTER TABLE a ADD COLUMN x INT"),
    }
    assert ddl(files) == ["CREATE TABLE a (id INT)", "ALTER TABLE a ADD COLUMN x INT", "ALTER TABLE a DROP COLUMN x"]


def test_what_a_helper_runs_for_each_of_its_calls_is_all_run() -> None:
    source = (
        HEAD
        + """
func add(db *sql.DB, table, column string) {
	db.Exec(fmt.Sprintf("ALTER TABLE %s ADD COLUMN %s INT", table, column))
}

func main() {
	db, _ := sql.Open("mysql", "")
	db.Exec("CREATE TABLE notes (id INT)")
	add(db, "notes", "one")
	for _, column := range []string{"two", "three"} {
		add(db, "notes", column)
	}
}
"""
    )
    assert ddl(source) == [
        "CREATE TABLE notes (id INT)",
        "ALTER TABLE notes ADD COLUMN one INT",
        "ALTER TABLE notes ADD COLUMN two INT",
        "ALTER TABLE notes ADD COLUMN three INT",
    ]


def test_of_two_texts_that_a_branch_chooses_between_one_is_run() -> None:
    source = (
        HEAD
        + """
func create(db *sql.DB, kind string) {
	db.Exec("CREATE TABLE notes (id " + kind + ")")
}

func migrate(db *sql.DB, wide bool) {
	kind := "INT"
	if wide {
		kind = "BIGINT"
	}
	create(db, kind)
}
"""
    )
    assert len(ddl(source)) == 1


def test_a_method_of_what_another_file_of_the_package_imports_is_run_where_it_is_called() -> None:
    store = """package store

import "database/sql"

type Store struct{ db *sql.DB }

func New() *Store { return &Store{} }

func (s *Store) MakeUsers() { s.db.Exec("CREATE TABLE users (id INT)") }
"""
    later = 'package store\n\nfunc (s *Store) AddMail() { s.db.Exec("ALTER TABLE users ADD COLUMN mail TEXT") }\n'
    types = 'package main\n\nimport "app/store"\n\ntype app struct{ store *store.Store }\n'
    main = "package main\n\nfunc main() {\n\ta := newApp()\n\ta.store.MakeUsers()\n\ta.store.AddMail()\n}\n"
    files = {"store/alter.go": later, "store/store.go": store, "app/types.go": types, "app/main.go": main}
    assert ddl(files) == ["CREATE TABLE users (id INT)", "ALTER TABLE users ADD COLUMN mail TEXT"]


def test_the_steps_of_a_migration_tool_in_code_build_the_schema(tree: Tree) -> None:
    tree.write(
        "store/migrations.go",
        """package store

import (
	"database/sql"

	migrate "github.com/rubenv/sql-migrate"
)

var source = &migrate.MemoryMigrationSource{
	Migrations: []*migrate.Migration{
		{
			Id:   "1",
			Up:   []string{"CREATE TABLE people (id INT)", "ALTER TABLE people ADD COLUMN name TEXT"},
			Down: []string{"DROP TABLE people"},
		},
	},
}

func Run(db *sql.DB) {
	migrate.Exec(db, "mysql", source, migrate.Up)
	db.Query("SELECT name, nosuch FROM people")
}
""",
    )
    report = tree.audit(".")
    assert brief(list(report.findings)) == [("NP101", "nosuch")]
    assert (report.counts.statements, report.counts.resolved) == (1, 1)


STEPS_BY_DRIVER = """
    package store

    import (
        "database/sql"

        migrate "github.com/rubenv/sql-migrate"
    )

    type step struct {
        id string
        up map[string][]string
    }

    type steps []step

    func (s steps) forDriver(driver string) []*migrate.Migration {
        found := []*migrate.Migration{}
        for _, each := range s {
            found = append(found, each.forDriver(driver))
        }
        return found
    }

    func (s *step) forDriver(driver string) *migrate.Migration {
        return &migrate.Migration{Id: s.id, Up: s.up[driver]}
    }

    type provider interface{ pending() (steps, error) }

    type migrator struct{ provider provider }

    func (m *migrator) run(db *sql.DB, driver string) error {
        pending, err := m.provider.pending()
        if err != nil {
            return err
        }
        found := migrate.MemoryMigrationSource{Migrations: pending.forDriver(driver)}
        _, err = migrate.Exec(db, driver, found, migrate.Up)
        return err
    }

    var all = steps{
"""


def test_the_steps_behind_an_interface_are_those_of_every_struct_that_the_tree_makes() -> None:
    rows = "".join(
        f'        step{{"{at}", map[string][]string{{"mysql": {{"CREATE TABLE t{at} (id INT)"}}, '
        f'"postgres": {{"CREATE TABLE p{at} (id INT)"}}}}}},\n'
        for at in range(60)
    )
    source = f"{STEPS_BY_DRIVER}{rows}    }}\n"
    assert ddl(source) == [f"CREATE TABLE t{at} (id INT)" for at in range(60)]
    assert not [each for each in statements(source) if each.opaque]


def test_of_maps_with_other_keys_in_one_place_each_key_names_its_own_database() -> None:
    rows = """
        step{"1", map[string][]string{"mysql": {"CREATE TABLE a (id INT)"}, "postgres": {"CREATE TABLE b (id INT)"}}},
        step{"2", map[string][]string{"postgres": {"CREATE TABLE c (id INT)"}, "mysql": {"CREATE TABLE d (id INT)"}}},
    }
    """
    assert ddl(STEPS_BY_DRIVER + rows) == ["CREATE TABLE a (id INT)", "CREATE TABLE d (id INT)"]

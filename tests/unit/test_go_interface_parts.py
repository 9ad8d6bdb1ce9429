"""Callers that know a repository by an interface give it columns, conditions and updates: these are audited, too."""

from __future__ import annotations

import pytest

from nodepath_cli.config import Settings
from tests.tree import Tree

DDL = """CREATE TABLE riders (id INT PRIMARY KEY, stage VARCHAR(9), city_id INT);
CREATE TABLE rides (id INT PRIMARY KEY, note TEXT);
"""
GIVEN = Settings(schema=("schema.sql",))
HEAD = """package {package}

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

var _, _ = fmt.Sprint, strings.Join

type riderRepo struct{{ db *sql.DB }}

"""
FIELD = """SetField(ctx context.Context, id int, field string, v any) error"""
FIELD_BODY = """ {
	_, err := r.db.ExecContext(ctx, fmt.Sprintf("UPDATE riders SET %s = ? WHERE id = ?", field), v, id)
	return err
}
"""
COUNT = """Count(ctx context.Context, where string, args ...any) (int, error)"""
COUNT_BODY = """ {
	var n int
	query := "SELECT COUNT(*) FROM riders"
	if where != "" {
		query += " WHERE " + where
	}
	err := r.db.QueryRowContext(ctx, query, args...).Scan(&n)
	return n, err
}
"""
UPDATE = """Update(ctx context.Context, id int, updates map[string]any) error"""
UPDATE_BODY = """ {
	var sets []string
	var args []any
	for column, value := range updates {
		sets = append(sets, column+" = ?")
		args = append(args, value)
	}
	_, err := r.db.ExecContext(ctx, "UPDATE riders SET "+strings.Join(sets, ", ")+" WHERE id = ?", append(args, id)...)
	return err
}
"""
CASES = {
    "a column": (FIELD, FIELD_BODY, 's.riders.SetField(ctx, 5, "{}", 7)'),
    "a condition": (COUNT, COUNT_BODY, 's.riders.Count(ctx, "stage = ? AND {} = ?", "new", 7)'),
    "a map of updates": (UPDATE, UPDATE_BODY, 's.riders.Update(ctx, 5, map[string]any{{"stage": "new", "{}": 7}})'),
}


def repository(method: str, body: str, package: str = "store") -> str:
    """A file with the one type that has the method."""
    return HEAD.format(package=package) + f"func (r *riderRepo) {method}{body}"


def service(method: str, call: str, package: str = "store") -> str:
    """A file that knows the method by an interface of its own alone."""
    return (
        f'package {package}\n\nimport "context"\n\ntype riders interface {{\n\t{method}\n}}\n\n'
        f"type service struct{{ riders riders }}\n\nfunc (s *service) move(ctx context.Context) {{\n\t{call}\n}}\n"
    )


@pytest.mark.parametrize(
    "packages", [("store", "store"), ("repository", "service")], ids=["one package", "two packages"]
)
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_wrong_column_is_found_at_the_caller(
    tree: Tree, case: tuple[str, str, str], packages: tuple[str, str]
) -> None:
    method, body, call = case
    tree.write("schema.sql", DDL)
    tree.write(f"{packages[0]}/repository.go", repository(method, body, packages[0]))
    tree.write(f"{packages[1]}/service.go", service(method, call.format("city"), packages[1]))
    (finding,) = tree.audit(".", settings=GIVEN).findings
    assert (finding.rule, finding.identifier, finding.path) == ("NP101", "city", f"{packages[1]}/service.go")
    tree.write(f"{packages[1]}/service.go", service(method, call.format("city_id"), packages[1]))
    assert not tree.audit(".", settings=GIVEN).findings


def test_an_argument_that_the_caller_leaves_out_is_found(tree: Tree) -> None:
    tree.write("schema.sql", DDL)
    tree.write("store/repository.go", repository(COUNT, COUNT_BODY))
    tree.write("store/service.go", service(COUNT, 's.riders.Count(ctx, "stage = ? AND city_id = ?", "new")'))
    assert [each.rule for each in tree.audit(".", settings=GIVEN).findings] == ["NP107"]


def test_of_several_tables_behind_one_interface_nothing_is_said(tree: Tree) -> None:
    tree.write("schema.sql", DDL)
    other = FIELD_BODY.replace("riders", "rides")
    tree.write(
        "store/repository.go",
        repository(FIELD, FIELD_BODY) + f"\ntype rideRepo struct{{ db *sql.DB }}\n\nfunc (r *rideRepo) {FIELD}{other}",
    )
    tree.write("store/service.go", service(FIELD, 's.riders.SetField(ctx, 5, "note", "late")'))
    assert not tree.audit(".", settings=GIVEN).findings


def test_a_stand_in_without_sql_does_not_count(tree: Tree) -> None:
    tree.write("schema.sql", DDL)
    fake = f"\ntype fake struct{{}}\n\nfunc (f *fake) {FIELD} {{ return nil }}\n"
    tree.write("store/repository.go", repository(FIELD, FIELD_BODY) + fake)
    tree.write("store/service.go", service(FIELD, 's.riders.SetField(ctx, 5, "city", 7)'))
    assert [each.identifier for each in tree.audit(".", settings=GIVEN).findings] == ["city"]


def test_a_value_of_the_caller_is_no_column(tree: Tree) -> None:
    tree.write("schema.sql", DDL)
    method = "Rename(ctx context.Context, stage string) error"
    body = ' {\n\t_, err := r.db.ExecContext(ctx, "UPDATE riders SET stage = ?", "is "+stage)\n\treturn err\n}\n'
    tree.write("store/repository.go", repository(method, body))
    tree.write("store/service.go", service(method, 's.riders.Rename(ctx, "nosuch = ?")'))
    assert not tree.audit(".", settings=GIVEN).findings


def test_a_method_with_other_parameters_is_another_one(tree: Tree) -> None:
    tree.write("schema.sql", DDL)
    tree.write("store/repository.go", repository(FIELD, FIELD_BODY))
    method = "SetField(ctx context.Context, key string, field string, v any) error"
    tree.write("store/service.go", service(method, 's.riders.SetField(ctx, "5", "last seen", 7)'))
    assert not tree.audit(".", settings=GIVEN).findings


def test_the_rows_that_such_a_method_returns_are_taken_by_the_caller(tree: Tree) -> None:
    tree.write("schema.sql", DDL)
    method = "Find(ctx context.Context, id int, columns ...string) *sql.Row"
    body = (
        " {\n\treturn r.db.QueryRowContext(ctx, "
        '"SELECT "+strings.Join(columns, ", ")+" FROM riders WHERE id = ?", id)\n}\n'
    )
    call = 'var id int\n\ts.riders.Find(ctx, 5, "id"{}).Scan(&id)'
    tree.write("store/repository.go", repository(method, body))
    wanted = service(method, call.replace("{}", ', "stage"'))
    tree.write("store/service.go", wanted.replace('import "context"', 'import (\n\t"context"\n\t"database/sql"\n)'))
    assert [each.rule for each in tree.audit(".", settings=GIVEN).findings] == ["NP108"]
    right = service(method, call.replace("{}", ""))
    tree.write("store/service.go", right.replace('import "context"', 'import (\n\t"context"\n\t"database/sql"\n)'))
    assert not tree.audit(".", settings=GIVEN).findings

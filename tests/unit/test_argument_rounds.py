"""NP107 where loops make the placeholders and the arguments: rounds against rounds, the rest against the rest."""

from __future__ import annotations

from tests.tree import Tree

DDL = """CREATE TABLE flows (id INT PRIMARY KEY, a VARCHAR(20), b INT, c VARCHAR(20), stage VARCHAR(20),
    name VARCHAR(20), at DATETIME);"""
CODE = """package a

import (
	"database/sql"
	"fmt"
	"sort"
	"strconv"
	"strings"
)

type S struct{ db *sql.DB }
type F struct{ A, B, C string; IDs []int; Extra map[string]string }

func (s *S) ConditionsWithoutOneArgument(f F) {
	var conds []string
	var args []any
	if f.A != "" {
		conds = append(conds, "a = ?")
		args = append(args, f.A)
	}
	if f.B != "" {
		conds = append(conds, "b = ?")
	}
	if f.C != "" {
		conds = append(conds, "c = ?")
		args = append(args, f.C)
	}
	keys := make([]string, 0, len(f.Extra))
	for k := range f.Extra {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	for _, k := range keys {
		conds = append(conds, k+" = ?")
		args = append(args, f.Extra[k])
	}
	q := "SELECT id FROM flows"
	if len(conds) > 0 {
		q += " WHERE " + strings.Join(conds, " AND ")
	}
	q += " LIMIT ?"
	args = append(args, 10)
	s.db.Query(q, args...)
}

func (s *S) Conditions(f F) {
	var conds []string
	var args []any
	if f.A != "" {
		conds = append(conds, "a = ?")
		args = append(args, f.A)
	}
	if f.B != "" {
		conds = append(conds, "b = ?")
		args = append(args, f.B)
	}
	if f.C != "" {
		conds = append(conds, "c = ?")
		args = append(args, f.C)
	}
	keys := make([]string, 0, len(f.Extra))
	for k := range f.Extra {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	for _, k := range keys {
		conds = append(conds, k+" = ?")
		args = append(args, f.Extra[k])
	}
	q := "SELECT id FROM flows"
	if len(conds) > 0 {
		q += " WHERE " + strings.Join(conds, " AND ")
	}
	q += " LIMIT ?"
	args = append(args, 10)
	s.db.Query(q, args...)
}

type qb struct {
	sb   strings.Builder
	args []any
}

func (q *qb) Write(s string) *qb { q.sb.WriteString(s); return q }
func (q *qb) Where(cond string, args ...any) *qb {
	q.sb.WriteString(" AND " + cond)
	q.args = append(q.args, args...)
	return q
}

func (s *S) BuilderWithoutOneArgument(limit int, f F) {
	q := &qb{}
	q.sb.WriteString("SELECT id FROM flows WHERE 1 = 1")
	q.Where("a = ?", f.A)
	q.Where("b = ? AND c = ?", f.B)
	q.sb.WriteString(" LIMIT " + strconv.Itoa(limit))
	s.db.Query(q.sb.String(), q.args...)
}

func (s *S) Builder(limit int, f F) {
	q := &qb{}
	q.sb.WriteString("SELECT id FROM flows WHERE 1 = 1")
	q.Where("a = ?", f.A)
	q.Where("b = ? AND c = ?", f.B, f.C)
	q.sb.WriteString(" LIMIT " + strconv.Itoa(limit))
	s.db.Query(q.sb.String(), q.args...)
}

func (s *S) BuilderWithConditionsWithoutOne(limit int, f F) {
	var q qb
	q.Write("SELECT id FROM flows WHERE 1 = 1")
	if f.A != "" {
		q.Where("a = ?", f.A)
	}
	if f.B != "" {
		q.Where("b = ? AND c = ?", f.B)
	}
	q.Write(" LIMIT ").Write(strconv.Itoa(limit))
	s.db.Query(q.sb.String(), q.args...)
}

func (s *S) InWithoutTheLast(ids []int, stage string) {
	ph := make([]string, len(ids))
	args := make([]any, len(ids))
	for i, id := range ids {
		ph[i] = "?"
		args[i] = id
	}
	s.db.Exec("DELETE FROM flows WHERE id IN ("+strings.Join(ph, ",")+") AND stage = ?", args...)
}

func (s *S) In(ids []int, stage string) {
	ph := make([]string, len(ids))
	args := make([]any, len(ids))
	for i, id := range ids {
		ph[i] = "?"
		args[i] = id
	}
	args = append(args, stage)
	s.db.Exec("DELETE FROM flows WHERE id IN ("+strings.Join(ph, ",")+") AND stage = ?", args...)
}

func (s *S) InTextWithoutTheLast(ids []int, stage string) {
	ph := ""
	var args []any
	for i, id := range ids {
		if i > 0 {
			ph += ","
		}
		ph += "?"
		args = append(args, id)
	}
	s.db.Exec("DELETE FROM flows WHERE id IN ("+ph+") AND stage = ?", args...)
}

func (s *S) InText(ids []int, stage string) {
	ph := ""
	var args []any
	for i, id := range ids {
		if i > 0 {
			ph += ","
		}
		ph += "?"
		args = append(args, id)
	}
	args = append(args, stage)
	s.db.Exec("DELETE FROM flows WHERE id IN ("+ph+") AND stage = ?", args...)
}

func (s *S) RepeatWithoutTheLast(ids []int, stage string) {
	ph := strings.TrimSuffix(strings.Repeat("?,", len(ids)), ",")
	var args []any
	for _, id := range ids {
		args = append(args, id)
	}
	s.db.Exec("DELETE FROM flows WHERE id IN ("+ph+") AND stage = ?", args...)
}

func (s *S) ValuesWithoutOne(rows []F) {
	var sb strings.Builder
	sb.WriteString("INSERT INTO flows (id, a, name) VALUES ")
	var args []any
	for i, r := range rows {
		if i > 0 {
			sb.WriteString(", ")
		}
		sb.WriteString("(?, ?, ?)")
		args = append(args, r.A, r.B)
	}
	s.db.Exec(sb.String(), args...)
}

func (s *S) Values(rows []F) {
	var sb strings.Builder
	sb.WriteString("INSERT INTO flows (id, a, name) VALUES ")
	var args []any
	for i, r := range rows {
		if i > 0 {
			sb.WriteString(", ")
		}
		sb.WriteString("(?, ?, ?)")
		args = append(args, r.A, r.B, r.C)
	}
	s.db.Exec(sb.String(), args...)
}

func (s *S) JoinedValuesWithoutOne(rows []F) {
	vals := []string{}
	var args []any
	for _, r := range rows {
		vals = append(vals, "(?, ?, ?)")
		args = append(args, r.A, r.B)
	}
	s.db.Exec("INSERT INTO flows (id, a, name) VALUES "+strings.Join(vals, ","), args...)
}

func (s *S) JoinedValues(rows []F) {
	vals := []string{}
	var args []any
	for _, r := range rows {
		vals = append(vals, "(?, ?, ?)")
		args = append(args, r.A, r.B, r.C)
	}
	s.db.Exec("INSERT INTO flows (id, a, name) VALUES "+strings.Join(vals, ","), args...)
}

func ph(n int) string { return strings.TrimSuffix(strings.Repeat("?,", n), ",") }
func toArgs(ids []int) []any {
	out := make([]any, len(ids))
	for i, id := range ids {
		out[i] = id
	}
	return out
}
func (s *S) Rest(ids []int, stage string) {
	q := "DELETE FROM flows WHERE id IN (?" + strings.Repeat(",?", len(ids)-1) + ") AND stage = ?"
	args := []any{}
	for _, id := range ids {
		args = append(args, id)
	}
	args = append(args, stage)
	s.db.Exec(q, args...)
	rest := ids[1:]
	q = "DELETE FROM flows WHERE id IN (?" + strings.Repeat(",?", len(rest)) + ")"
	args = nil
	for _, id := range ids {
		args = append(args, id)
	}
	s.db.Exec(q, args...)
	q = "DELETE FROM flows WHERE id = ?"
	args = []any{}
	for i, id := range ids {
		if i > 0 {
			q += " OR id = ?"
		}
		args = append(args, id)
	}
	s.db.Exec(q, args...)
}
func (s *S) Helpers(ids []int, f F, stage string) {
	s.db.Exec("DELETE FROM flows WHERE id IN ("+ph(len(ids))+")", toArgs(ids)...)
	s.db.Exec("DELETE FROM flows WHERE stage = ? AND id IN ("+ph(len(f.IDs))+")",
		append([]any{stage}, toArgs(f.IDs)...)...)
	s.db.Exec(fmt.Sprintf("DELETE FROM flows WHERE id IN (%s) AND stage = ?", ph(len(f.IDs))),
		append(toArgs(f.IDs), stage)...)
	s.db.Exec(fmt.Sprintf("DELETE FROM flows WHERE id IN (%s) AND stage = ?", ph(len(f.IDs))), toArgs(f.IDs)...)
}
func (s *S) Dedupe(ids []int, stage string) {
	seen := map[int]bool{}
	var marks []string
	var args []any
	for _, id := range ids {
		if seen[id] {
			continue
		}
		seen[id] = true
		marks = append(marks, "?")
		args = append(args, id)
	}
	if len(args) == 0 {
		return
	}
	s.db.Exec("DELETE FROM flows WHERE id IN ("+strings.Join(marks, ",")+")", args...)
	s.db.Exec("DELETE FROM flows WHERE id IN ("+ph(len(args))+")", args...)
	s.db.Exec("DELETE FROM flows WHERE id IN ("+ph(len(args))+") AND stage = ?", append(args, stage)...)
	s.db.Exec("DELETE FROM flows WHERE id IN ("+ph(len(ids))+")", args...)
	s.db.Exec("DELETE FROM flows WHERE id IN ("+ph(len(args))+") AND stage = ?", args...)
}
func (s *S) Doubles(ids []int) {
	args := make([]any, len(ids)*2)
	for i, id := range ids {
		args[i*2] = id
		args[i*2+1] = id
	}
	s.db.Exec("INSERT INTO flows (id, name) VALUES "+strings.TrimSuffix(strings.Repeat("(?, ?),", len(ids)), ","),
		args...)
	more := make([]any, len(ids)+1)
	for i, id := range ids {
		more[i+1] = id
	}
	more[0] = 1
	s.db.Exec("DELETE FROM flows WHERE b = ? AND id IN ("+ph(len(ids))+")", more...)
	less := make([]any, len(ids)+1)
	for i, id := range ids {
		less[i] = id
	}
	less[len(ids)] = 1
	s.db.Exec("DELETE FROM flows WHERE id IN ("+ph(len(ids))+") AND b = ?", less...)
}
func (s *S) Chunks(ids []int, stage string) {
	for start := 0; start < len(ids); start += 100 {
		end := min(start+100, len(ids))
		chunk := ids[start:end]
		args := make([]any, 0, len(chunk)+1)
		for _, id := range chunk {
			args = append(args, id)
		}
		args = append(args, stage)
		s.db.Exec("DELETE FROM flows WHERE id IN ("+ph(len(chunk))+") AND stage = ?", args...)
	}
}
func (s *S) Batch(rows []F) {
	var vals []string
	var args []any
	for _, r := range rows {
		vals = append(vals, "(?, ?)")
		args = append(args, r.A, r.B)
		if len(vals) == 100 {
			s.db.Exec("INSERT INTO flows (id, name) VALUES "+strings.Join(vals, ","), args...)
			vals = vals[:0]
			args = args[:0]
		}
	}
	if len(vals) > 0 {
		s.db.Exec("INSERT INTO flows (id, name) VALUES "+strings.Join(vals, ","), args...)
	}
}
func (s *S) Batch2(rows []F) {
	var sb strings.Builder
	var args []any
	flush := func() {
		s.db.Exec("INSERT INTO flows (id, name) VALUES "+sb.String(), args...)
		sb.Reset()
		args = nil
	}
	for i, r := range rows {
		if sb.Len() > 0 {
			sb.WriteString(",")
		}
		sb.WriteString("(?, ?)")
		args = append(args, r.A, r.B)
		if i%100 == 99 {
			flush()
		}
	}
	if sb.Len() > 0 {
		flush()
	}
}
func (s *S) Mixed(rows []F) {
	var sets []string
	var args []any
	for _, r := range rows {
		if r.A != "" {
			sets = append(sets, "a = ?")
			args = append(args, r.A)
		} else {
			sets = append(sets, "b = ? + ?")
			args = append(args, r.B, r.C)
		}
	}
	args = append(args, 7)
	s.db.Exec("UPDATE flows SET "+strings.Join(sets, ", ")+" WHERE id = ?", args...)
}
func (s *S) Nested(rows [][]string) {
	var sb strings.Builder
	var args []any
	sb.WriteString("INSERT INTO flows (id, name) VALUES ")
	for i, row := range rows {
		if i > 0 {
			sb.WriteString(",")
		}
		sb.WriteString("(")
		for j, v := range row {
			if j > 0 {
				sb.WriteString(",")
			}
			sb.WriteString("?")
			args = append(args, v)
		}
		sb.WriteString(")")
	}
	s.db.Exec(sb.String(), args...)
}
func (s *S) Two(a, b []int) {
	var args []any
	for _, x := range a {
		args = append(args, x)
	}
	for _, x := range b {
		args = append(args, x)
	}
	s.db.Exec("DELETE FROM flows WHERE id IN ("+ph(len(a))+") OR b IN ("+ph(len(b))+")", args...)
}
func (s *S) Updates(updates map[string]any, id int) {
	var sets []string
	var args []any
	for k, v := range updates {
		sets = append(sets, k+" = ?")
		args = append(args, v)
	}
	sets = append(sets, "at = NOW()")
	args = append(args, id)
	s.db.Exec("UPDATE flows SET "+strings.Join(sets, ", ")+" WHERE id = ?", args...)
}
func (s *S) UpdatesBad(updates map[string]any, id int) {
	var sets []string
	var args []any
	for k, v := range updates {
		sets = append(sets, k+" = ?")
		args = append(args, v)
	}
	s.db.Exec("UPDATE flows SET "+strings.Join(sets, ", ")+" WHERE id = ?", args...)
}
func (s *S) Search(terms []string) {
	var conds []string
	var args []any
	for _, t := range terms {
		like := "%" + t + "%"
		conds = append(conds, "(a LIKE ? OR c LIKE ?)")
		args = append(args, like, like)
	}
	where := ""
	if len(conds) > 0 {
		where = " WHERE " + strings.Join(conds, " AND ")
	}
	var n int
	s.db.QueryRow("SELECT COUNT(*) FROM flows"+where, args...).Scan(&n)
	args = append(args, 10, 20)
	s.db.Query("SELECT id FROM flows"+where+" ORDER BY id LIMIT ? OFFSET ?", args...)
}
func (s *S) Collected(stage string) {
	rows, _ := s.db.Query("SELECT id FROM flows")
	var ids []any
	for rows.Next() {
		var id int
		if err := rows.Scan(&id); err != nil {
			return
		}
		ids = append(ids, id)
	}
	s.db.Exec("UPDATE flows SET b = 1 WHERE id IN ("+ph(len(ids))+")", ids...)
	s.db.Exec("UPDATE flows SET b = 1 WHERE stage = ? AND id IN (?"+strings.Repeat(",?", len(ids)-1)+")",
		append([]any{stage}, ids...)...)
	s.db.Exec("UPDATE flows SET b = ? WHERE id IN ("+ph(len(ids))+")", ids...)
}
func (s *S) Reassigned(ids []int, all bool) {
	n := len(ids)
	if all {
		n = 5
		ids = append(ids, 1)
	}
	var args []any
	for _, id := range ids {
		args = append(args, id)
	}
	s.db.Exec("DELETE FROM flows WHERE id IN ("+ph(n)+")", args...)
}
func (s *S) Filtered(ids []int, f func([]int) []int) {
	q := "DELETE FROM flows WHERE id IN (" + ph(len(ids)) + ")"
	ids = f(ids)
	var args []any
	for _, id := range ids {
		args = append(args, id)
	}
	s.db.Exec(q, args...)
}
"""
LOOP_LESS = "1 placeholder beside those of a loop, 0 arguments"
WRONG = [
    ("ConditionsWithoutOneArgument", "4 placeholders beside those of a loop, 3 arguments"),
    ("BuilderWithoutOneArgument", "3 placeholders, 2 arguments"),
    ("BuilderWithConditionsWithoutOne", "3 placeholders, 2 arguments"),
    ("InWithoutTheLast", LOOP_LESS),
    ("InTextWithoutTheLast", LOOP_LESS),
    ("RepeatWithoutTheLast", LOOP_LESS),
    ("ValuesWithoutOne", "3 placeholders in each round of a loop, 2 arguments"),
    ("JoinedValuesWithoutOne", "3 placeholders in each round of a loop, 2 arguments"),
    ("Helpers", LOOP_LESS),
    ("Dedupe", LOOP_LESS),
    ("UpdatesBad", LOOP_LESS),
    ("Collected", LOOP_LESS),
]
"""By function. Whatever else stands in the code is right."""


def test_what_a_loop_makes_is_counted_by_its_rounds(tree: Tree) -> None:
    tree.write("schema.sql", DDL)
    tree.write("a.go", CODE)
    found = tree.audit("a.go").findings
    assert [(each.function, each.message) for each in found if each.rule == "NP107"] == WRONG


def test_the_finding_frames_the_placeholder_that_is_too_much(tree: Tree) -> None:
    tree.write("schema.sql", DDL)
    tree.write("a.go", CODE)
    lines = CODE.split("\n")
    [place] = [each.position for each in tree.audit("a.go").findings if each.function == "InWithoutTheLast"]
    assert lines[place.line - 1][: place.column - 1].endswith(") AND stage = ")

"""Marks in the row of something else that one function looks at and sets, and takes back behind its work."""

from __future__ import annotations

REPLY = """
var ErrBusy = errors.New("a reply is being written")

func (r *Repo) Reply(ctx context.Context, noWA string) error {
	var sedang bool
	if err := r.db.QueryRowContext(ctx, "SELECT sedang_balas FROM prospek_ai WHERE no_wa = ?", noWA).Scan(&sedang); err != nil {
		return err
	}
	if sedang {
		return ErrBusy
	}
	if _, err := r.db.ExecContext(ctx, "UPDATE prospek_ai SET sedang_balas = 1 WHERE no_wa = ?", noWA); err != nil {
		return err
	}
	defer r.db.ExecContext(ctx, "UPDATE prospek_ai SET sedang_balas = 0 WHERE no_wa = ?", noWA)
	return r.send(ctx, noWA)
}
"""
SWAP = """res, err := r.db.ExecContext(ctx, "UPDATE prospek_ai SET sedang_balas = 1 WHERE no_wa = ? AND sedang_balas = 0", noWA)
	if err != nil {
		return err
	}
	if n, _ := res.RowsAffected(); n != 1 {
		return ErrBusy
	}"""
SETS = """if _, err := r.db.ExecContext(ctx, "UPDATE prospek_ai SET sedang_balas = 1 WHERE no_wa = ?", noWA); err != nil {
		return err
	}"""
BEGIN = """
var ErrBusy = errors.New("a reply is being written")

func (r *Repo) begin(ctx context.Context, noWA, who string) error {
	var sedang bool
	if err := r.db.QueryRowContext(ctx, "SELECT sedang_balas FROM prospek_ai WHERE no_wa = ? FOR UPDATE", noWA).Scan(&sedang); err != nil {
		return err
	}
	if sedang {
		return ErrBusy
	}
	_, err := r.db.ExecContext(ctx, "UPDATE prospek_ai SET sedang_balas = 1, nama = ? WHERE no_wa = ?", who, noWA)
	return err
}

func (r *Repo) end(ctx context.Context, noWA, who string) error {
	_, err := r.db.ExecContext(ctx, "UPDATE prospek_ai SET sedang_balas = 0, nama = NULL WHERE no_wa = ? AND nama = ?", noWA, who)
	return err
}

func (r *Repo) Reply(ctx context.Context, noWA, who string, send func() error) error {
	if err := r.begin(ctx, noWA, who); err != nil {
		return err
	}
	defer r.end(ctx, noWA, who)
	return send()
}
"""
WITHIN = (
    BEGIN.replace(
        "\tvar sedang bool",
        "\ttx, err := r.db.BeginTx(ctx, nil)\n\tif err != nil {\n\t\treturn err\n\t}\n\tdefer tx.Rollback()\n\tvar sedang bool",
    )
    .replace("err := r.db.QueryRow", "err := tx.QueryRow")
    .replace(
        '_, err := r.db.ExecContext(ctx, "UPDATE prospek_ai SET sedang_balas = 1',
        '_, err = tx.ExecContext(ctx, "UPDATE prospek_ai SET sedang_balas = 1',
    )
    .replace(
        "who, noWA)\n\treturn err\n}\n\nfunc (r *Repo) end",
        "who, noWA)\n\tif err != nil {\n\t\treturn err\n\t}\n\treturn tx.Commit()\n}\n\nfunc (r *Repo) end",
    )
)

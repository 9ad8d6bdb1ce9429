"""Locks whose names say little or nothing, or say it in Malay; and what is kept in rows that look like theirs."""

from __future__ import annotations

from tests.locks import Case

_LEAVE = """
func (r *Repo) Omega(ctx context.Context, room, me string) error {
	_, err := r.db.ExecContext(ctx, "DELETE FROM gates WHERE room = ? AND holder = ?", room, me)
	return err
}
"""

_TAKE_TURN = """
func (r *Repo) Zed(lane string, place int, me string) bool {
	_, err := r.db.Exec("INSERT IGNORE INTO lanes (lane, place, occupant, since) VALUES (?, ?, ?, NOW())", lane, place, me)
	return err == nil
}

func (r *Repo) Zod(lane string, place int, me string) {
	_, _ = r.db.Exec("DELETE FROM lanes WHERE lane = ? AND place = ? AND occupant = ?", lane, place, me)
}
"""

_CALLED = (
    Case(
        "a caller whose name says nothing takes it and goes on",
        ("NP401",),
        """
func (r *Repo) Claim(room, me string) (bool, error) {
	_, err := r.db.Exec("INSERT IGNORE INTO gates (room, holder, until) VALUES (?, ?, NOW() + INTERVAL 1 MINUTE)", room, me)
	return err == nil, err
}

func (r *Repo) Handle(room, me string) error {
	ok, err := r.Claim(room, me)
	if err != nil || !ok {
		return err
	}
	fmt.Println("at work")
	return r.Unclaim(room, me)
}

func (r *Repo) Unclaim(room, me string) error {
	_, err := r.db.Exec("DELETE FROM gates WHERE room = ? AND holder = ?", room, me)
	return err
}
""",
    ),
)

BROKEN = (
    *_CALLED,
    Case(
        "names that say nothing: a SELECT finds the holder's time, an upsert takes the row",
        ("NP401",),
        """
func (r *Repo) Alpha(ctx context.Context, room, me string) (bool, error) {
	var n int
	if err := r.db.QueryRowContext(ctx, "SELECT COUNT(*) FROM gates WHERE room = ? AND until > NOW()", room).Scan(&n); err != nil {
		return false, err
	}
	if n > 0 {
		return false, nil
	}
	_, err := r.db.ExecContext(ctx, "INSERT INTO gates (room, holder, until) VALUES (?, ?, NOW() + INTERVAL 1 MINUTE) ON DUPLICATE KEY UPDATE holder = VALUES(holder), until = VALUES(until)", room, me)
	return err == nil, err
}
"""
        + _LEAVE,
    ),
    Case(
        "names that say nothing: a SELECT of a free row, then its UPDATE",
        ("NP403",),
        """
func (r *Repo) Alpha(ctx context.Context, room, me string) (bool, error) {
	var holder sql.NullString
	err := r.db.QueryRowContext(ctx, "SELECT holder FROM gates WHERE room = ? AND until > NOW()", room).Scan(&holder)
	if err == nil {
		return false, nil
	}
	if err != sql.ErrNoRows {
		return false, err
	}
	if _, err := r.db.ExecContext(ctx, "UPDATE gates SET holder = ?, until = NOW() + INTERVAL 1 MINUTE WHERE room = ?", me, room); err != nil {
		return false, err
	}
	return true, nil
}

func (r *Repo) Omega(ctx context.Context, room string) error {
	_, err := r.db.ExecContext(ctx, "UPDATE gates SET holder = NULL, until = NULL WHERE room = ?", room)
	return err
}
""",
    ),
    Case(
        "names that say nothing: a conditional UPDATE whose rows nobody counts",
        ("NP401",),
        """
func (r *Repo) Alpha(ctx context.Context, room, me string) (bool, error) {
	_, err := r.db.ExecContext(ctx, "UPDATE gates SET holder = ?, until = NOW() + INTERVAL 1 MINUTE WHERE room = ? AND (holder IS NULL OR until < NOW())", me, room)
	if err != nil {
		return false, err
	}
	return true, nil
}

func (r *Repo) Omega(ctx context.Context, room, me string) error {
	_, err := r.db.ExecContext(ctx, "UPDATE gates SET holder = NULL, until = NULL WHERE room = ? AND holder = ?", room, me)
	return err
}

func (r *Repo) Both(ctx context.Context, room, me string, work func()) error {
	ok, err := r.Alpha(ctx, room, me)
	if err != nil || !ok {
		return err
	}
	defer r.Omega(ctx, room, me)
	work()
	return nil
}
""",
    ),
    Case(
        "names that say nothing: a caller works between the two",
        ("NP401",),
        _TAKE_TURN
        + """
func (r *Repo) Serve(lane string, place int, me string, work func()) {
	if !r.Zed(lane, place, me) {
		return
	}
	defer r.Zod(lane, place, me)
	work()
}
""",
    ),
    Case(
        "a place in a lane, told by a number",
        ("NP401",),
        """
func (r *Repo) Sit(lane, me string) (int, error) {
	var place int
	err := r.db.QueryRow("SELECT COALESCE(MAX(place), 0) + 1 FROM lanes WHERE lane = ? AND since > NOW() - INTERVAL 5 MINUTE", lane).Scan(&place)
	if err != nil {
		return 0, err
	}
	if place > 4 {
		return 0, nil
	}
	_, err = r.db.Exec("REPLACE INTO lanes (lane, place, occupant, since) VALUES (?, ?, ?, NOW())", lane, place, me)
	return place, err
}

func (r *Repo) Stand(lane string, place int, me string) error {
	_, err := r.db.Exec("DELETE FROM lanes WHERE lane = ? AND place = ? AND occupant = ?", lane, place, me)
	return err
}
""",
    ),
    Case(
        "taken and given back in words that are each other's opposite, told by a struct",
        ("NP401",),
        """
type grant struct {
	OK   bool
	Room string
}

func (r *Repo) Seize(ctx context.Context, room, me string) grant {
	if _, err := r.db.ExecContext(ctx, "REPLACE INTO gates (room, holder, until) VALUES (?, ?, NOW() + INTERVAL 2 MINUTE)", room, me); err != nil {
		return grant{}
	}
	return grant{OK: true, Room: room}
}

func (r *Repo) Unseize(ctx context.Context, room, me string) error {
	_, err := r.db.ExecContext(ctx, "DELETE FROM gates WHERE room = ? AND holder = ?", room, me)
	return err
}
""",
    ),
    Case(
        "Malay: an upsert whose error alone is told",
        ("NP401",),
        """
func (r *Repo) Kuncikan(tugas, pemilik string) error {
	_, err := r.db.Exec("INSERT INTO kuncian (tugas, pemilik, sejak, dikunci) VALUES (?, ?, NOW(), 1) ON DUPLICATE KEY UPDATE pemilik = VALUES(pemilik), sejak = NOW(), dikunci = 1", tugas, pemilik)
	return err
}

func (r *Repo) Lepaskan(tugas, pemilik string) error {
	_, err := r.db.Exec("DELETE FROM kuncian WHERE tugas = ? AND pemilik = ?", tugas, pemilik)
	return err
}

func (r *Repo) Jalankan(tugas, pemilik string, kerja func() error) error {
	if err := r.Kuncikan(tugas, pemilik); err != nil {
		return nil
	}
	defer r.Lepaskan(tugas, pemilik)
	return kerja()
}
""",
    ),
    Case(
        "Malay: told by one of several names",
        ("NP401",),
        """
type Keputusan int

const (
	Penuh Keputusan = iota
	Dapat
)

func (r *Repo) Tuntut(tugas, saya string) Keputusan {
	if _, err := r.db.Exec("REPLACE INTO kuncian (tugas, pemilik, sejak, dikunci) VALUES (?, ?, NOW(), 1)", tugas, saya); err != nil {
		return Penuh
	}
	return Dapat
}

func (r *Repo) Pulangkan(tugas, saya string) error {
	_, err := r.db.Exec("DELETE FROM kuncian WHERE tugas = ? AND pemilik = ?", tugas, saya)
	return err
}
""",
    ),
    Case(
        "Malay: told by a text, though the row is asked for first",
        ("NP401",),
        """
func (r *Repo) Minta(nombor, saya string) string {
	var n int
	if err := r.db.QueryRow("SELECT COUNT(*) FROM meja WHERE nombor = ? AND tamat_pada > NOW()", nombor).Scan(&n); err != nil || n > 0 {
		return "penuh"
	}
	if _, err := r.db.Exec("REPLACE INTO meja (nombor, penjaga, tamat_pada) VALUES (?, ?, NOW() + INTERVAL 1 MINUTE)", nombor, saya); err != nil {
		return "penuh"
	}
	return "sila"
}

func (r *Repo) Tinggal(nombor, saya string) error {
	_, err := r.db.Exec("DELETE FROM meja WHERE nombor = ? AND penjaga = ?", nombor, saya)
	return err
}
""",
    ),
    Case(
        "Malay: one function looks, one writes, a third one joins them",
        ("NP403",),
        """
func (r *Repo) kosong(tugas string) (bool, error) {
	var n int
	err := r.db.QueryRow("SELECT COUNT(*) FROM kuncian WHERE tugas = ? AND dikunci = 1", tugas).Scan(&n)
	return n == 0, err
}

func (r *Repo) isi(tugas, saya string) error {
	_, err := r.db.Exec("UPDATE kuncian SET dikunci = 1, pemilik = ?, sejak = NOW() WHERE tugas = ?", saya, tugas)
	return err
}

func (r *Repo) CubaKunci(tugas, saya string) (bool, error) {
	ok, err := r.kosong(tugas)
	if err != nil || !ok {
		return false, err
	}
	if err := r.isi(tugas, saya); err != nil {
		return false, err
	}
	return true, nil
}

func (r *Repo) BukaKunci(tugas string) error {
	_, err := r.db.Exec("UPDATE kuncian SET dikunci = 0, pemilik = NULL WHERE tugas = ?", tugas)
	return err
}
""",
    ),
    Case(
        "names that say nothing: one looks, one writes, a third one joins them",
        ("NP403",),
        """
func (r *Repo) empty(room string) (bool, error) {
	var n int
	err := r.db.QueryRow("SELECT COUNT(*) FROM gates WHERE room = ? AND until > NOW()", room).Scan(&n)
	return n == 0, err
}

func (r *Repo) fill(room, me string) error {
	_, err := r.db.Exec("UPDATE gates SET holder = ?, until = NOW() + INTERVAL 1 MINUTE WHERE room = ?", me, room)
	return err
}

func (r *Repo) Alpha(room, me string) (bool, error) {
	ok, err := r.empty(room)
	if err != nil || !ok {
		return false, err
	}
	if err := r.fill(room, me); err != nil {
		return false, err
	}
	return true, nil
}

func (r *Repo) Omega(room, me string) error {
	_, err := r.db.Exec("UPDATE gates SET holder = NULL, until = NULL WHERE room = ? AND holder = ?", room, me)
	return err
}
""",
    ),
    Case(
        "Malay: a takeover that does not compare",
        ("NP403",),
        """
func (r *Repo) Rebut(nombor, saya string) (bool, error) {
	_, err := r.db.Exec("INSERT INTO meja (nombor, penjaga, tamat_pada) VALUES (?, ?, NOW() + INTERVAL 1 MINUTE)", nombor, saya)
	if err == nil {
		return true, nil
	}
	var lama bool
	if err := r.db.QueryRow("SELECT tamat_pada < NOW() FROM meja WHERE nombor = ?", nombor).Scan(&lama); err != nil || !lama {
		return false, err
	}
	_, err = r.db.Exec("UPDATE meja SET penjaga = ?, tamat_pada = NOW() + INTERVAL 1 MINUTE WHERE nombor = ?", saya, nombor)
	return err == nil, err
}

func (r *Repo) Serahkan(nombor, saya string) error {
	_, err := r.db.Exec("DELETE FROM meja WHERE nombor = ? AND penjaga = ?", nombor, saya)
	return err
}
""",
    ),
    Case(
        "Malay: the release sets the time into the future",
        ("NP402",),
        """
func (r *Repo) Pegang(tugas, saya string) (bool, error) {
	res, err := r.db.Exec("UPDATE kuncian SET pemilik = ?, sejak = NOW() WHERE tugas = ? AND (sejak IS NULL OR sejak < NOW() - INTERVAL 1 MINUTE)", saya, tugas)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

func (r *Repo) Lepaskan(tugas, saya string) error {
	_, err := r.db.Exec("UPDATE kuncian SET sejak = NOW() WHERE tugas = ? AND pemilik = ?", tugas, saya)
	return err
}
""",
    ),
    Case(
        "names that say nothing: the row is taken over by what was seen, and deleted whoever has it",
        ("NP406",),
        """
func (r *Repo) Alpha(room, me string) (bool, error) {
	_, err := r.db.Exec("INSERT INTO gates (room, holder, until) VALUES (?, ?, NOW() + INTERVAL 1 MINUTE)", room, me)
	if err == nil {
		return true, nil
	}
	var me2 *mysql.MySQLError
	if !errors.As(err, &me2) || me2.Number != 1062 {
		return false, err
	}
	res, err := r.db.Exec("UPDATE gates SET holder = ?, until = NOW() + INTERVAL 1 MINUTE WHERE room = ? AND until < NOW()", me, room)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

func (r *Repo) Omega(room string) error {
	_, err := r.db.Exec("DELETE FROM gates WHERE room = ?", room)
	return err
}
""",
    ),
    Case(
        "Malay: nothing but the release ends it",
        ("NP405",),
        """
func (r *Repo) Kunci(tugas, saya string) (bool, error) {
	res, err := r.db.Exec("INSERT IGNORE INTO kuncian (tugas, pemilik, sejak) VALUES (?, ?, NOW())", tugas, saya)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

func (r *Repo) Lepas(tugas, saya string) error {
	_, err := r.db.Exec("DELETE FROM kuncian WHERE tugas = ? AND pemilik = ?", tugas, saya)
	return err
}
""",
    ),
    Case(
        "weak names, and a job that sweeps",
        ("NP401",),
        """
func (r *Repo) Claim(lane string, place int, me string) bool {
	_, err := r.db.Exec("INSERT IGNORE INTO lanes (lane, place, occupant, since) VALUES (?, ?, ?, NOW())", lane, place, me)
	return err == nil
}

func (r *Repo) Unclaim(lane string, place int, me string) {
	_, _ = r.db.Exec("DELETE FROM lanes WHERE lane = ? AND place = ? AND occupant = ?", lane, place, me)
}

func (r *Repo) Broom() {
	_, _ = r.db.Exec("DELETE FROM lanes WHERE since < NOW() - INTERVAL 1 HOUR")
}
""",
    ),
)

BY_NAME = (
    Case(
        "GET_LOCK: asked for and released through the pool",
        ("NP402",),
        """
func (r *Repo) Enter(ctx context.Context, name string) (bool, error) {
	var got int
	err := r.db.QueryRowContext(ctx, "SELECT COALESCE(GET_LOCK(?, 3), 0)", name).Scan(&got)
	return got == 1, err
}

func (r *Repo) Leave(ctx context.Context, name string) error {
	var freed sql.NullInt64
	return r.db.QueryRowContext(ctx, "SELECT RELEASE_LOCK(?)", name).Scan(&freed)
}
""",
    ),
    Case(
        "GET_LOCK: released through the pool at the function's end",
        ("NP402",),
        """
type shop struct {
	db *sqlx.DB
}

func (s *shop) Once(ctx context.Context, name string, work func() error) error {
	var got int
	if err := s.db.GetContext(ctx, &got, "SELECT COALESCE(GET_LOCK('nightly', 3), 0)"); err != nil {
		return err
	}
	if got != 1 {
		return errors.New("busy")
	}
	defer s.db.ExecContext(ctx, "DO RELEASE_LOCK('nightly')")
	return work()
}
""",
    ),
    Case(
        "GET_LOCK: the answer is noted down, and the work is done whatever it was",
        ("NP401",),
        """
func (r *Repo) WithLock(ctx context.Context, name string, work func() error) error {
	conn, err := r.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	var got int
	if err := conn.QueryRowContext(ctx, "SELECT COALESCE(GET_LOCK(?, 2), 0)", name).Scan(&got); err != nil {
		return err
	}
	if got != 1 {
		fmt.Println("slow", name)
	}
	defer conn.ExecContext(ctx, "DO RELEASE_LOCK(?)", name)
	return work()
}
""",
    ),
    Case(
        "GET_LOCK: one connection for both",
        (),
        """
type named struct {
	conn *sql.Conn
}

func (n *named) Enter(ctx context.Context, name string) (bool, error) {
	var got int
	err := n.conn.QueryRowContext(ctx, "SELECT COALESCE(GET_LOCK(?, 3), 0)", name).Scan(&got)
	return got == 1, err
}

func (n *named) Leave(ctx context.Context, name string) error {
	_, err := n.conn.ExecContext(ctx, "DO RELEASE_LOCK(?)", name)
	return err
}
""",
    ),
    Case(
        "GET_LOCK: a pool of one connection",
        (),
        """
func open(dsn string) (*Repo, error) {
	db, err := sql.Open("mysql", dsn)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	return &Repo{db}, nil
}

func (r *Repo) Enter(name string) (bool, error) {
	var got int
	err := r.db.QueryRow("SELECT COALESCE(GET_LOCK(?, 3), 0)", name).Scan(&got)
	return got == 1, err
}

func (r *Repo) Leave(name string) error {
	_, err := r.db.Exec("DO RELEASE_LOCK(?)", name)
	return err
}
""",
    ),
    Case(
        "GET_LOCK: what it is sent to is an interface, which may be a connection",
        (),
        """
type sender interface {
	QueryRow(query string, args ...any) *sql.Row
	Exec(query string, args ...any) (sql.Result, error)
}

type over struct {
	db sender
}

func (o *over) Enter(name string) (bool, error) {
	var got int
	err := o.db.QueryRow("SELECT COALESCE(GET_LOCK(?, 3), 0)", name).Scan(&got)
	return got == 1, err
}

func (o *over) Leave(name string) error {
	_, err := o.db.Exec("DO RELEASE_LOCK(?)", name)
	return err
}
""",
    ),
    Case(
        "GET_LOCK: in a transaction, which has one connection",
        (),
        """
func (r *Repo) Once(ctx context.Context, name string, work func(*sql.Tx) error) error {
	tx, err := r.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	var got int
	if err := tx.QueryRow("SELECT COALESCE(GET_LOCK(?, 3), 0)", name).Scan(&got); err != nil {
		return err
	}
	if got != 1 {
		return errors.New("busy")
	}
	defer tx.Exec("DO RELEASE_LOCK(?)", name)
	if err := work(tx); err != nil {
		return err
	}
	return tx.Commit()
}
""",
    ),
    Case(
        "GET_LOCK: another work is done where it was not got",
        (),
        """
func (r *Repo) Either(ctx context.Context, conn *sql.Conn, name string, work, other func() error) error {
	var got int
	if err := conn.QueryRowContext(ctx, "SELECT COALESCE(GET_LOCK(?, 2), 0)", name).Scan(&got); err != nil {
		return err
	}
	if got == 0 {
		return other()
	}
	defer conn.ExecContext(ctx, "DO RELEASE_LOCK(?)", name)
	return work()
}
""",
    ),
    Case(
        "GET_LOCK: asked for until it is got",
        (),
        """
func (r *Repo) Wait(ctx context.Context, conn *sql.Conn, name string, work func() error) error {
	var got int
	for got != 1 {
		if err := conn.QueryRowContext(ctx, "SELECT COALESCE(GET_LOCK(?, 2), 0)", name).Scan(&got); err != nil {
			return err
		}
		if got == 0 {
			fmt.Println("still waiting")
		}
	}
	defer conn.ExecContext(ctx, "DO RELEASE_LOCK(?)", name)
	return work()
}
""",
    ),
)

NONE = (
    Case(
        "a token that is fetched and kept, with a lock's verbs",
        (),
        """
func (r *Repo) AcquireToken(device string, login func() (string, error)) (string, bool, error) {
	var token string
	err := r.db.QueryRow("SELECT token FROM device_tokens WHERE device = ? AND expires_at > NOW()", device).Scan(&token)
	if err == nil {
		return token, true, nil
	}
	if token, err = login(); err != nil {
		return "", false, err
	}
	_, err = r.db.Exec("INSERT INTO device_tokens (device, token, expires_at) VALUES (?, ?, NOW() + INTERVAL 1 HOUR) ON DUPLICATE KEY UPDATE token = VALUES(token), expires_at = VALUES(expires_at)", device, token)
	return token, err == nil, err
}

func (r *Repo) ReleaseToken(device string) error {
	_, err := r.db.Exec("UPDATE device_tokens SET token = NULL, expires_at = NULL WHERE device = ?", device)
	return err
}
""",
    ),
    Case(
        "a token that is fetched each time, and kept",
        (),
        """
func (r *Repo) ObtainToken(device string, login func() (string, error)) (string, bool, error) {
	token, err := login()
	if err != nil {
		return "", false, err
	}
	_, err = r.db.Exec("REPLACE INTO device_tokens (device, token, expires_at) VALUES (?, ?, NOW() + INTERVAL 1 HOUR)", device, token)
	return token, err == nil, err
}

func (r *Repo) ReleaseToken(device, token string) error {
	_, err := r.db.Exec("DELETE FROM device_tokens WHERE device = ? AND token = ?", device, token)
	return err
}
""",
    ),
    Case(
        "who is connected to which server",
        (),
        """
func (r *Repo) Arrive(visitor, node string) error {
	_, err := r.db.Exec("INSERT INTO who_is_here (visitor, node, expires_at) VALUES (?, ?, NOW() + INTERVAL 5 MINUTE) ON DUPLICATE KEY UPDATE node = VALUES(node), expires_at = VALUES(expires_at)", visitor, node)
	return err
}

func (r *Repo) Depart(visitor, node string) error {
	_, err := r.db.Exec("DELETE FROM who_is_here WHERE visitor = ? AND node = ?", visitor, node)
	return err
}

func (r *Repo) Sweep() error {
	_, err := r.db.Exec("DELETE FROM who_is_here WHERE expires_at < NOW()")
	return err
}

func (r *Repo) Serve(visitor, node string, work func() error) error {
	if err := r.Arrive(visitor, node); err != nil {
		return err
	}
	defer r.Depart(visitor, node)
	return work()
}
""",
    ),
    Case(
        "who is connected, told by a bool",
        (),
        """
func (r *Repo) Arrive(visitor, node string) bool {
	_, err := r.db.Exec("REPLACE INTO who_is_here (visitor, node, expires_at) VALUES (?, ?, NOW() + INTERVAL 5 MINUTE)", visitor, node)
	return err == nil
}

func (r *Repo) Depart(visitor, node string) {
	_, _ = r.db.Exec("DELETE FROM who_is_here WHERE visitor = ? AND node = ?", visitor, node)
}

func (r *Repo) Sweep() {
	_, _ = r.db.Exec("DELETE FROM who_is_here WHERE expires_at < NOW()")
}
""",
    ),
    Case(
        "whose case it is",
        (),
        """
func (r *Repo) Give(caseNo, owner string) (bool, error) {
	_, err := r.db.Exec("INSERT INTO cases (case_no, owner, since) VALUES (?, ?, NOW()) ON DUPLICATE KEY UPDATE owner = VALUES(owner), since = NOW()", caseNo, owner)
	return err == nil, err
}

func (r *Repo) Withdraw(caseNo, owner string) error {
	_, err := r.db.Exec("UPDATE cases SET owner = NULL, since = NULL WHERE case_no = ? AND owner = ?", caseNo, owner)
	return err
}
""",
    ),
    Case(
        "whose case it is, which a page shows",
        (),
        """
func (r *Repo) Take(caseNo, owner string) (bool, error) {
	var since sql.NullTime
	if err := r.db.QueryRow("SELECT since FROM cases WHERE case_no = ? AND since > NOW() - INTERVAL 1 DAY", caseNo).Scan(&since); err == nil {
		return false, nil
	}
	_, err := r.db.Exec("REPLACE INTO cases (case_no, owner, since) VALUES (?, ?, NOW())", caseNo, owner)
	return err == nil, err
}

func (r *Repo) Drop(caseNo, owner string) error {
	_, err := r.db.Exec("DELETE FROM cases WHERE case_no = ? AND owner = ?", caseNo, owner)
	return err
}

func (r *Repo) Page(caseNo string) (string, error) {
	var owner string
	err := r.db.QueryRow("SELECT owner FROM cases WHERE case_no = ?", caseNo).Scan(&owner)
	return owner, err
}
""",
    ),
    Case(
        "one message a minute",
        (),
        """
func (r *Repo) Allow(phone, via string) (bool, error) {
	var n int
	if err := r.db.QueryRow("SELECT COUNT(*) FROM sms_sent WHERE phone = ? AND sent_at > NOW() - INTERVAL 1 MINUTE", phone).Scan(&n); err != nil || n > 0 {
		return false, err
	}
	_, err := r.db.Exec("REPLACE INTO sms_sent (phone, via, sent_at) VALUES (?, ?, NOW())", phone, via)
	return err == nil, err
}

func (r *Repo) Clear(phone string) error {
	_, err := r.db.Exec("DELETE FROM sms_sent WHERE phone = ?", phone)
	return err
}
""",
    ),
    Case(
        "a number that is sent to a phone and typed in",
        (),
        """
func (r *Repo) Begin(phone, code string) (bool, error) {
	_, err := r.db.Exec("REPLACE INTO pins (phone, code, expires_at) VALUES (?, ?, NOW() + INTERVAL 5 MINUTE)", phone, code)
	return err == nil, err
}

func (r *Repo) Finish(phone, code string) (bool, error) {
	res, err := r.db.Exec("DELETE FROM pins WHERE phone = ? AND code = ?", phone, code)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}
""",
    ),
    Case(
        "a name that is somebody's for a year",
        (),
        """
func (r *Repo) Reserve(label, owner string) (bool, error) {
	res, err := r.db.Exec("INSERT IGNORE INTO web_names (label, owner, until) VALUES (?, ?, NOW() + INTERVAL 1 YEAR)", label, owner)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

func (r *Repo) GiveUp(label, owner string) error {
	_, err := r.db.Exec("DELETE FROM web_names WHERE label = ? AND owner = ?", label, owner)
	return err
}
""",
    ),
    Case(
        "who comes and goes",
        (),
        """
func (r *Repo) Masuk(pelajar, kelas string) bool {
	_, err := r.db.Exec("INSERT IGNORE INTO attendance (pelajar, kelas, masuk_pada) VALUES (?, ?, NOW())", pelajar, kelas)
	return err == nil
}

func (r *Repo) Keluar(pelajar, kelas string) error {
	_, err := r.db.Exec("DELETE FROM attendance WHERE pelajar = ? AND kelas = ?", pelajar, kelas)
	return err
}
""",
    ),
    Case(
        "a gift that is used once",
        (),
        """
func (r *Repo) Take(gift, who string) (bool, error) {
	_, err := r.db.Exec("UPDATE gifts SET used_by = ?, used_at = NOW() WHERE gift = ? AND used_by IS NULL", who, gift)
	return err == nil, err
}

func (r *Repo) Return(gift, who string) error {
	_, err := r.db.Exec("UPDATE gifts SET used_by = NULL, used_at = NULL WHERE gift = ? AND used_by = ?", gift, who)
	return err
}
""",
    ),
    Case(
        "Malay: a job of a queue",
        (),
        """
func (r *Repo) Ambil(nombor, saya string) (bool, error) {
	_, err := r.db.Exec("UPDATE tugas SET keadaan = 'jalan', pemilik = ?, luput = NOW() + INTERVAL 1 MINUTE WHERE nombor = ? AND keadaan = 'baru'", saya, nombor)
	return err == nil, err
}

func (r *Repo) Selesai(nombor, saya string) error {
	_, err := r.db.Exec("UPDATE tugas SET keadaan = 'siap', pemilik = NULL WHERE nombor = ? AND pemilik = ?", nombor, saya)
	return err
}
""",
    ),
    Case(
        "Malay: a key of an interface, by the same word",
        (),
        """
func (r *Repo) AmbilKunci(kunci, syarikat string) (bool, error) {
	_, err := r.db.Exec("INSERT INTO kunci_api (kunci, syarikat, skop) VALUES (?, ?, '') ON DUPLICATE KEY UPDATE syarikat = VALUES(syarikat)", kunci, syarikat)
	return err == nil, err
}

func (r *Repo) BatalKunci(kunci string) error {
	_, err := r.db.Exec("DELETE FROM kunci_api WHERE kunci = ?", kunci)
	return err
}
""",
    ),
    Case(
        "Malay: a cache by key",
        (),
        """
func (r *Repo) Isi(k, isi string) bool {
	_, err := r.db.Exec("REPLACE INTO simpanan (k, isi, luput) VALUES (?, ?, NOW() + INTERVAL 1 HOUR)", k, isi)
	return err == nil
}

func (r *Repo) Baca(k string) (string, bool) {
	var isi string
	err := r.db.QueryRow("SELECT isi FROM simpanan WHERE k = ? AND luput > NOW()", k).Scan(&isi)
	return isi, err == nil
}

func (r *Repo) Lepas(k string) error {
	_, err := r.db.Exec("UPDATE simpanan SET isi = NULL, luput = NULL WHERE k = ?", k)
	return err
}
""",
    ),
    Case(
        "Malay: a screen that is locked by a setting",
        (),
        """
func (r *Repo) KunciSkrin(nama, nilai string) (bool, error) {
	_, err := r.db.Exec("INSERT INTO settings (name, value) VALUES (?, ?) ON DUPLICATE KEY UPDATE value = VALUES(value)", nama, nilai)
	return err == nil, err
}

func (r *Repo) BukaSkrin(nama string) error {
	_, err := r.db.Exec("DELETE FROM settings WHERE name = ?", nama)
	return err
}
""",
    ),
    Case(
        "Malay: a webhook that comes twice",
        (),
        """
func (r *Repo) Mula(webhook, pembekal string) (bool, error) {
	_, err := r.db.Exec("INSERT INTO sudah_terima (webhook, pembekal, pada) VALUES (?, ?, NOW())", webhook, pembekal)
	var me *mysql.MySQLError
	if errors.As(err, &me) && me.Number == 1062 {
		return false, nil
	}
	return err == nil, err
}

func (r *Repo) Tamat(webhook string) error {
	_, err := r.db.Exec("DELETE FROM sudah_terima WHERE webhook = ?", webhook)
	return err
}
""",
    ),
    Case(
        "names that say nothing: the rows decide, and the holder gives it back",
        (),
        """
func (r *Repo) Alpha(room, me string) (bool, error) {
	res, err := r.db.Exec("UPDATE gates SET holder = ?, until = NOW() + INTERVAL 1 MINUTE WHERE room = ? AND (holder IS NULL OR until < NOW())", me, room)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}
"""
        + _LEAVE,
    ),
    Case(
        "Malay: the rows decide, told by one of several names",
        (),
        """
type Keputusan int

const (
	Penuh Keputusan = iota
	Baru
	Ambilalih
)

func (r *Repo) Kunci(tugas, saya string) (Keputusan, error) {
	res, err := r.db.Exec("INSERT INTO kuncian (tugas, pemilik, sejak) VALUES (?, ?, NOW()) ON DUPLICATE KEY UPDATE pemilik = IF(sejak < NOW() - INTERVAL 1 MINUTE, VALUES(pemilik), pemilik), sejak = IF(sejak < NOW() - INTERVAL 1 MINUTE, NOW(), sejak)", tugas, saya)
	if err != nil {
		return Penuh, err
	}
	n, err := res.RowsAffected()
	if err != nil {
		return Penuh, err
	}
	switch n {
	case 1:
		return Baru, nil
	case 2:
		return Ambilalih, nil
	}
	return Penuh, nil
}

func (r *Repo) Lepas(tugas, saya string) error {
	_, err := r.db.Exec("DELETE FROM kuncian WHERE tugas = ? AND pemilik = ?", tugas, saya)
	return err
}
""",
    ),
    Case(
        "Malay: the rows decide, told by a text",
        (),
        """
func (r *Repo) Minta(nombor, saya string) string {
	res, err := r.db.Exec("INSERT IGNORE INTO meja (nombor, penjaga, tamat_pada) VALUES (?, ?, NOW() + INTERVAL 1 MINUTE)", nombor, saya)
	if err != nil {
		return "gagal"
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return "penuh"
	}
	return "sila"
}

func (r *Repo) Pulang(nombor, saya string) error {
	_, err := r.db.Exec("DELETE FROM meja WHERE nombor = ? AND penjaga = ?", nombor, saya)
	return err
}

func (r *Repo) Sapu() error {
	_, err := r.db.Exec("DELETE FROM meja WHERE tamat_pada < NOW()")
	return err
}
""",
    ),
    Case(
        "Malay: whoever holds it prolongs it",
        (),
        """
func (r *Repo) Pegang(nombor, saya string) (bool, error) {
	res, err := r.db.Exec("UPDATE meja SET penjaga = ?, tamat_pada = NOW() + INTERVAL 1 MINUTE WHERE nombor = ? AND (penjaga IS NULL OR tamat_pada < NOW())", saya, nombor)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

func (r *Repo) Panjangkan(nombor, saya string) error {
	_, err := r.db.Exec("UPDATE meja SET tamat_pada = NOW() + INTERVAL 1 MINUTE WHERE nombor = ? AND penjaga = ?", nombor, saya)
	return err
}

func (r *Repo) Lepaskan(nombor, saya string) error {
	_, err := r.db.Exec("UPDATE meja SET penjaga = NULL, tamat_pada = NULL WHERE nombor = ? AND penjaga = ?", nombor, saya)
	return err
}
""",
    ),
    Case(
        "a place that is taken without a sign that anybody is kept out",
        (),
        _TAKE_TURN,
    ),
)

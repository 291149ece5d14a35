"""The steps that made the store what it is. Each runs once, in one transaction with the note that it ran."""

from sqlalchemy import Connection

STEPS: tuple[tuple[str, ...], ...] = (
    (
        # number: order of commitment. first..seq: what the record stands for (a gap covers more than itself)
        """create table records (
            number integer primary key autoincrement, site text not null, run text not null, stream text not null,
            seq integer not null, first integer not null, kind text not null, wall_ms integer, up_ms integer not null,
            status text not null, simulated integer not null, historical integer not null, body text not null,
            unique (site, run, stream, seq))""",
        "create index records_by_site on records (site, stream, number)",
        """create table marks (
            site text not null, run text not null, stream text not null, mark integer not null,
            touched integer not null, primary key (site, run, stream))""",
        """create table samples (
            site text not null, signal text not null, wall_ms integer not null, device text not null,
            run text not null, value real)""",
        "create index samples_by_time on samples (site, signal, wall_ms)",
        """create table heard (
            site text not null, device text not null, wall_ms integer not null,
            primary key (site, device, wall_ms)) without rowid""",
        """create table orders (
            number integer primary key autoincrement, id text not null unique, site text not null,
            key text not null, entered_ms integer, body blob not null, answer text, detail text,
            unique (site, key))""",
        """create table bulletins (
            number integer primary key autoincrement, site text not null, id text not null, serial integer not null,
            key_id text not null, message blob not null, unique (site, id))""",
        """create table documents (
            site text not null, sha256 text not null, bytes blob not null, primary key (site, sha256))""",
        "create table manifests (site text primary key, message blob not null)",
        "create table counters (name text primary key, value integer not null)",
    ),
    # refusal: why an order was refused, as the site's words and the key to ours, in JSON
    ("alter table orders add column refusal text",),
    # which sites fell silent; acks: who has seen it, in JSON
    (
        """create table link_losses (
            number integer primary key autoincrement, site text not null, priority integer not null, lost_ms integer,
            raised_ms integer, back integer not null default 0, back_ms integer, acks blob)""",
        "create index link_losses_by_site on link_losses (site, number)",
    ),
    # what sites sent that nobody here could read: raw is as it came; first..seq what it stands for, null when unknown
    (
        """create table aside (
            number integer primary key autoincrement, site text not null, digest text not null, run text, stream text,
            first integer, seq integer, why text not null, received_ms integer, raw blob not null,
            unique (site, digest))""",
        "create index aside_by_run on aside (site, run, stream, seq)",
    ),
    # which boot of its computer a run was in; boots: wall clock less uptime, as last told at uptime up_ms
    (
        """create table runs (
            site text not null, run text not null, boot text not null, primary key (site, run)) without rowid""",
        "create index runs_by_boot on runs (site, boot)",
        """create table boots (
            site text not null, boot text not null, offset_ms integer not null, quality text not null,
            up_ms integer not null, primary key (site, boot)) without rowid""",
    ),
    # who may sign in. known_as: what makes two names one. key: secret of the account's pages and known devices.
    # sessions and links hold the SHA-256 of what a browser or a person holds. age_ms, idle_ms: at the moment of boot
    # and up_ms. audit is written once and for all
    (
        """create table accounts (
            number integer primary key autoincrement, name text not null, known_as text not null unique,
            role text not null, scope text not null, password text not null, totp text not null, key blob not null,
            locked integer not null default 0, made_ms integer)""",
        """create table used_codes (
            account integer not null references accounts (number) on delete cascade, counter integer not null,
            primary key (account, counter)) without rowid""",
        """create table recovery_codes (
            account integer not null references accounts (number) on delete cascade, digest blob not null,
            primary key (account, digest)) without rowid""",
        """create table sessions (
            digest blob primary key, account integer not null references accounts (number) on delete cascade,
            stage text not null, tries integer not null default 0, age_ms integer not null,
            idle_ms integer not null default 0, boot text not null, up_ms integer not null, wall_ms integer,
            clock text not null) without rowid""",
        "create index sessions_by_account on sessions (account)",
        """create table links (
            digest blob primary key, purpose text not null, account integer references accounts (number)
            on delete cascade, name text not null, role text not null, scope text not null, issuer text not null,
            totp text not null, ticket blob unique, age_ms integer not null default 0, boot text not null,
            up_ms integer not null, wall_ms integer, clock text not null) without rowid""",
        """create table audit (
            number integer primary key autoincrement, wall_ms integer, boot text not null, up_ms integer not null,
            who text not null, role text not null, did text not null, site text not null, address text not null,
            result text not null)""",
        """create trigger audit_is_never_changed before update on audit
            begin select raise(abort, 'the audit log is append only'); end""",
        """create trigger audit_is_never_shortened before delete on audit
            begin select raise(abort, 'the audit log is append only'); end""",
    ),
    # who did what about a site or an incident (owns: it decides who has it), added to, never changed; incidents by id
    (
        """create table work_facts (
            number integer primary key autoincrement, id text not null unique, subject text not null, key text not null,
            act text not null, owns integer not null, body blob not null, unique (subject, key))""",
        "create index work_facts_by_subject on work_facts (subject, owns, number)",
        """create trigger work_facts_are_never_changed before update on work_facts
            begin select raise(abort, 'what was done is append only'); end""",
        """create trigger work_facts_are_never_shortened before delete on work_facts
            begin select raise(abort, 'what was done is append only'); end""",
        # offset_ms: wall clock less uptime when it was written, null while nobody knew the time
        """create table incidents (
            number integer primary key autoincrement, id text not null unique, over integer not null default 0,
            boot text not null, offset_ms integer, body blob not null)""",
        "create index incidents_by_over on incidents (over, number)",
    ),
    # accounts that end: lasts_ms after they were made; digest: SHA-256 of what their picture says, null once scanned.
    # the sealed code of a site: its hash, and who opened it
    (
        """create table passes (
            account integer primary key references accounts (number) on delete cascade, kind text not null,
            issuer text not null, digest blob unique, lasts_ms integer not null, until_ms integer,
            age_ms integer not null default 0, boot text not null, up_ms integer not null, wall_ms integer,
            clock text not null)""",
        """create table sealed (
            site text primary key, digest blob not null, made_ms integer, used_by text, used_ms integer)""",
    ),
    # the history of a site. proofs: times in which a run was alive (stream `live`: heard; `sample`: its samples, summed
    # up since). judged: what the site said of itself as it was heard. quarters: a day of a signal, by quarters
    (
        """create table proofs (
            site text not null, run text not null, stream text not null, from_ms integer not null,
            until_ms integer not null, primary key (site, run, stream, from_ms)) without rowid""",
        """create table judged (
            site text not null, wall_ms integer not null, run text not null, power text not null, frame text not null,
            low_h real, high_h real, usable_l real, primary key (site, wall_ms)) without rowid""",
        """create table quarters (
            site text not null, signal text not null, device text not null, day integer not null, body blob not null,
            primary key (site, signal, device, day)) without rowid""",
        "create index records_by_run on records (site, stream, run, wall_ms)",
        "create index events_by_kind on records (site, kind, wall_ms) where stream = 'event'",
        "create index gaps_by_site on records (site, stream) where kind = 'gap'",
    ),
    # who issued a bulletin on a page, and what was chosen for it (JSON: who, kind, gravity); replaces: the id of the
    # one that it updates or ends
    (
        "create table messages (id text primary key, told text not null, replaces text not null)",
        "create index bulletins_by_id on bulletins (id)",
        "create index receipts_by_number on records (number) where stream = 'receipt'",
        """create index bulletins_answered on records (number)
            where kind in ('bulletin_taken', 'bulletin_refused')""",
    ),
    # who is woken and how (channel addresses are secrets); what waits to be sent and what came of it; notify_now: the
    # state of the judgement and the last record that it has seen. due_ms: uptime in due_boot
    (
        """create table notify_people (
            number integer primary key autoincrement, key text not null unique, name text not null, scope text not null,
            language text not null, quiet_from integer, quiet_until integer, place integer not null)""",
        """create table notify_channels (
            number integer primary key autoincrement, key text not null unique,
            person integer not null references notify_people (number) on delete cascade, label text not null,
            address text not null, exercises integer not null, tests integer not null)""",
        """create table notify_now (
            one integer primary key check (one = 1), seen integer not null, state blob not null)""",
        "create table notify_settings (name text primary key, value text not null)",
        """create table notify_deliveries (
            number integer primary key autoincrement, message text not null, matter integer not null,
            round integer not null, kind text not null, status text not null, person integer not null,
            who text not null, channel integer not null, label text not null, title text not null, body text not null,
            made_ms integer, tried_ms integer, state text not null, tries integer not null default 0,
            due_boot text not null default '', due_ms integer not null default 0,
            why text not null default '', unique (message, channel))""",
        "create index notify_deliveries_by_state on notify_deliveries (state, number)",
    ),
    # programs that come in by a token, of which the SHA-256 is kept; orders: may they enter anything? used: the day on
    # which one came last, as far as that is known
    (
        """create table tokens (
            number integer primary key autoincrement, name text not null, known_as text not null unique,
            scope text not null, orders integer not null, digest blob not null unique, issuer text not null,
            made_ms integer, used text not null default '', lasts_ms integer not null, until_ms integer,
            age_ms integer not null default 0, boot text not null, up_ms integer not null, wall_ms integer,
            clock text not null)""",
    ),
    # what it held is known from the records and from proofs
    ("drop table heard",),
    # a year of a chart is answered from the index alone: a third of the time for a fourteenth more of the disk
    (
        "drop index samples_by_time",
        "create index samples_by_time on samples (site, signal, wall_ms, device, value)",
    ),
    # what sites have called themselves is asked for by number, and there is little of it
    ("create index site_calls on records (number) where kind = 'site_called'",),
    # the log for the food control, a row a place and day
    (
        """create table food_days (
            site text not null, day text not null, device text not null, place text not null,
            known_min integer not null, body text not null, primary key (site, day, device, place)) without rowid""",
    ),
)


def migrate(connection: Connection) -> int:
    """Bring the store up to date; the number of steps that were run. The connection is in a write transaction."""
    run = connection.exec_driver_sql
    run("create table if not exists migrations (number integer primary key)")
    done = run("select coalesce(max(number), 0) from migrations").scalar_one()
    if done > len(STEPS):
        raise RuntimeError(f"the store was made by a newer program (step {done}, known are {len(STEPS)})")
    for number, statements in enumerate(STEPS[done:], done + 1):
        for statement in statements:
            run(statement)
        run("insert into migrations values (?)", (number,))
    return len(STEPS) - int(done)

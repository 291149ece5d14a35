"""The steps in their order, each told in one line; done again they change nothing."""

import os
from collections.abc import Callable
from pathlib import Path

from installing import broker, calling, firewall, programs, settings, system
from installing.answers import Answers, Faults
from installing.programs import Programs
from installing.running import LONG_S, Failed, run
from installing.tree import CannotInstall, Tree

HOST = Path(__file__).resolve().parents[1]
AFTER_BOOT = (
    "first account: when the staff network is up, sudo /opt/sotpunkt/bin/sotpunkt-dashboard setup-link "
    f"--settings {settings.HOME}/dashboard.toml --interface NAME"
)
UNFINISHED = f"{settings.HOME}/unfinished"
"""There from the first change until all runs: what an interrupted run has written, nobody has been told of yet."""
Say = Callable[[str], None]


def install(answers: Answers, tree: Tree, asked: Programs, house: Path | None, say: Say) -> None:
    """Everything; raises CannotInstall or Faults. Services are started last, so that a fault starts nothing."""
    _packages(answers, tree, say)
    if house is not None:
        _told(tree, say, "programs", lambda: _programs(answers, tree, asked, house))
    if not asked.there:
        raise CannotInstall("the programs are not there; give --wheelhouse DIR")
    try:
        asked.check_settings(answers)
    except Faults as fault:
        if house is not None:
            fault.done = "packages are in place, the site goes on with the programs and settings that it had"
        raise
    _told(tree, say, "accounts", lambda: _accounts(tree))
    _told(tree, say, "folders", lambda: _folders(answers, tree))
    _page_reads(answers, tree)
    unfinished = tree.text(UNFINISHED) is not None
    tree.write(UNFINISHED, "hw/host/install has not come to its end here: run it again.\n")
    if house is not None:
        programs.take(tree, asked.home)
        asked.home = programs.HOME
    _told(tree, say, "broker", lambda: broker.install(answers, tree, asked))
    _told(tree, say, "settings", lambda: _settings(answers, tree))
    _told(tree, say, "keys of sources", lambda: _feed_keys(answers, tree))
    _told(tree, say, "key of this site", lambda: _key(answers, tree, asked))
    _told(tree, say, "serial lines", lambda: system.serial_lines(answers, tree))
    _told(tree, say, "calling people", lambda: calling.install(answers, tree))
    _told(tree, say, "clock", lambda: system.clock(answers, tree))
    _told(tree, say, "log, watchdog, kernel", lambda: system.surroundings(answers, tree))
    _told(tree, say, "firewall", lambda: _firewall(answers, tree))
    _told(tree, say, "services", lambda: system.units(answers, tree))
    if tree.live and Path("/run/systemd/system").is_dir():
        first = _first_account(answers, asked)
        _start(answers, tree, say, everything=unfinished)
    else:
        first = AFTER_BOOT if "dashboard" in answers.programs and answers.interfaces("staff") else ""
        say("start: at the next boot of this system")
    tree.remove(UNFINISHED)
    if first:
        say(first)


def _told(tree: Tree, say: Say, name: str, step: Callable[[], str | None]) -> None:
    before = len(tree.changed)
    told = step()
    count = len(tree.changed) - before
    say(f"{name}: {told + '; ' if told else ''}{f'{count} changed' if count else 'as before'}")


def _programs(answers: Answers, tree: Tree, asked: Programs, house: Path) -> str:
    asked.home, told = programs.install(answers, tree, house)
    return told


def wanted_packages(answers: Answers) -> list[str]:
    """The Debian packages that the chosen programs need."""
    found, wanted = [], {*answers.programs, *(["text messages"] if calling.sends(answers) else [])}
    for line in (HOST / "packages").read_text("utf-8").splitlines():
        parts = [part.strip() for part in line.split("|")]
        if parts[0] and not parts[0].startswith("#") and (len(parts) < 3 or parts[2] in wanted):
            found.append(parts[0])
    return found


def _packages(answers: Answers, tree: Tree, say: Say) -> None:
    wanted = wanted_packages(answers)
    status = tree.text("/var/lib/dpkg/status") or ""
    there = {
        block.split("\n", 1)[0]
        for block in status.removeprefix("Package: ").split("\n\nPackage: ")
        if "\nStatus: install ok installed" in block
    }
    missing = [name for name in wanted if name not in there]
    if not missing:
        say(f"packages: all {len(wanted)} are there")
    elif not tree.live:
        say(f"packages: put into this tree yourself: {' '.join(missing)}")
    else:
        _fetch(missing)
        say(f"packages: installed {' '.join(missing)}")


def _fetch(missing: list[str]) -> None:
    try:
        run(["dpkg", "--configure", "-a"], "packages", LONG_S)  # of a run whose power went
        run(["apt-get", "-q", "update"], "packages", LONG_S)
        run(["apt-get", "-q", "install", "-y", "--no-install-recommends", *missing], "packages", LONG_S)
    except Failed as fault:
        names = ", ".join(missing)
        raise CannotInstall(
            f"packages: {names} could not be installed; connect the box to the internet and begin again "
            f'(the system says "{fault.lines[-1]}")'
        ) from fault


def _accounts(tree: Tree) -> None:
    text = (HOST / "systemd" / "sotpunkt.sysusers").read_text("utf-8")
    tree.write("/etc/sysusers.d/sotpunkt.conf", text)
    if os.geteuid() != 0 and not tree.live:
        return
    run(["systemd-sysusers", f"--root={tree.root}", str(tree.at("/etc/sysusers.d/sotpunkt.conf"))], "accounts")
    tree.learn_accounts()


def _folders(answers: Answers, tree: Tree) -> None:
    tree.folder(settings.HOME)
    tree.folder(settings.SECRETS, 0o711)
    tree.folder(settings.KEYS, 0o700, "sotpunkt-gateway", "sotpunkt-gateway")
    for program in ("gateway", "kiosk", "dashboard"):
        tree.folder(f"{settings.SECRETS}/{program}", 0o700, f"sotpunkt-{program}", f"sotpunkt-{program}")
        tree.folder(f"/var/lib/sotpunkt-{program}", 0o750, f"sotpunkt-{program}", f"sotpunkt-{program}")
    for path in settings.page_files(answers):
        # what somebody has laid there as root, the page must read
        tree.own(path, 0o600, "sotpunkt-dashboard", "sotpunkt-dashboard")


def _page_reads(answers: Answers, tree: Tree) -> None:
    """A page that cannot read its certificate does not start: asked as the page's own account."""
    web = settings.owner_page(answers) if tree.live and "dashboard" in answers.programs else {}
    faults = []
    for name in ("certificate_file", "key_file"):
        try:
            if name in web:
                run(["runuser", "-u", "sotpunkt-dashboard", "--", "test", "-r", web[name]], "owner's page")
        except Failed:
            own = f"{settings.SECRETS}/dashboard/"
            faults.append(f"[owner_page] {name}: the page's account cannot read {web[name]}; lay it into {own}")
    if faults:
        raise Faults("answers", faults, done="the site's programs and settings were not touched")


def _settings(answers: Answers, tree: Tree) -> None:
    made = settings.files(answers)
    for program in ("gateway", "kiosk", "dashboard"):
        if program in made:
            # names and telephone numbers of people stand in it: for the program itself, and for nobody else
            tree.write(f"{settings.HOME}/{program}.toml", made[program], 0o640, "root", f"sotpunkt-{program}")
        else:
            tree.remove(f"{settings.HOME}/{program}.toml")


def _feed_keys(answers: Answers, tree: Tree) -> None:
    """Keys of sources that want one: copies for the kiosk alone; the technician may take his away."""
    wanted = settings.feed_keys(answers)
    for old in tree.at(f"{settings.SECRETS}/kiosk").glob("feed-*.key"):
        if (path := f"{settings.SECRETS}/kiosk/{old.name}") not in wanted:
            tree.remove(path)
    for path, name in wanted.items():
        told = (answers.folder / name).read_bytes()
        tree.write(path, told, 0o600, "sotpunkt-kiosk", "sotpunkt-kiosk")


def _key(answers: Answers, tree: Tree, asked: Programs) -> str:
    """The private key is made on the box and stays; what leaves it is a request for a certificate."""
    if answers.centre is None or not answers.centre[2]:
        return "none needed, the centre is not reached by an encrypted link"
    authority = answers.tree["centre"].get("ca_file")
    if authority is not None and tree.text(settings.CENTRE_CA) is None:
        text = (answers.folder / authority).read_bytes()
        tree.write(settings.CENTRE_CA, text, 0o644, "sotpunkt-gateway", "sotpunkt-gateway")
    if tree.at(settings.CERTIFICATE).exists():
        return "its certificate is in place"
    request = f"{settings.KEYS}/next/request.pem"
    if tree.text(request) is None:
        folder = asked.path(settings.KEYS)
        asked.ask("sotpunkt-keys", "request", answers.site, "--dir", folder, what="key of this site")
        tree.changed.append(request)
    return f"waits for its certificate; take {request} to the municipality"


def _firewall(answers: Answers, tree: Tree) -> None:
    path, aside = "/etc/nftables.conf", "/etc/nftables.conf.before-sotpunkt"
    old = tree.text(path)
    if old is not None and "sotpunkt" not in old and tree.text(aside) is None:
        tree.write(aside, old, 0o644)
    tree.write(path, firewall.rules(answers), 0o644)


def _first_account(answers: Answers, asked: Programs) -> str:
    """The link by which the first account of the owner's page is made; "" when there is one. Made before the page
    starts, which would else make one of its own."""
    staff = answers.interfaces("staff")
    if "dashboard" not in answers.programs or not staff:
        return ""
    command = ("setup-link", "--settings", f"{settings.HOME}/dashboard.toml", "--interface", staff[0])
    try:
        link = asked.ask("sotpunkt-dashboard", *command, what="first account").splitlines()[0]
    except CannotInstall as fault:
        return "" if "exists already" in str(fault) else f"{fault}; {AFTER_BOOT}"
    return f"first account: open this with a phone on the staff network, once, within three days: {link}"


def _start(answers: Answers, tree: Tree, say: Say, *, everything: bool) -> None:
    """`everything`: also what this run has not changed is told anew, for a run before it was interrupted."""
    changed = tree.changed
    run(["systemctl", "daemon-reload"], "start")
    run(["udevadm", "control", "--reload"], "start")
    run(["udevadm", "trigger", "--subsystem-match=tty", "--subsystem-match=rtc", "--subsystem-match=leds"], "start")
    run(["sysctl", "-q", "-p", "/etc/sysctl.d/60-sotpunkt.conf"], "start")
    if everything or any("journald" in path for path in changed):
        run(["systemctl", "restart", "systemd-journald"], "start")
    # shut before anything listens; a reload replaces all rules in one step, a restart would leave none in between
    run(["systemctl", "start", "nftables"], "start")
    if everything or "/etc/nftables.conf" in changed:
        run(["systemctl", "reload", "nftables"], "start")
    if f"{system.UNITS}/mosquitto.service" in changed:
        run(["systemctl", "stop", "mosquitto"], "start")
    run(["systemctl", "start", *(f"{name}.timer" for name in system.TIMERS)], "start")
    wanted = system.services(answers)
    # what was installed anew runs anew; what is as before goes on undisturbed
    ours = ("/etc/sotpunkt", "/opt/sotpunkt", "/etc/systemd/system/s")
    touched = [path for path in changed if path.startswith(ours) and path != UNFINISHED]
    run(["systemctl", "restart" if everything or touched else "start", "--no-block", *wanted], "start")
    say(f"start: {', '.join(wanted)}; see how they are: sudo /opt/sotpunkt/bin/sotpunkt-doctor")

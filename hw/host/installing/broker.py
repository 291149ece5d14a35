"""The site's broker: `sotpunkt-keys` writes its configuration, its access lists and its accounts' passwords.

A password is made on the box, goes into a file that only its program can read, and is shown nowhere.
"""

from installing.answers import PLAIN_NODES_PORT, Answers
from installing.programs import Programs
from installing.settings import ACCOUNTS, password_file
from installing.tree import Tree

FOLDER = "/etc/sotpunkt/broker"
FILES = ("mosquitto.conf", "site.acl", "nodes.acl", "passwords")


def install(answers: Answers, tree: Tree, asked: Programs) -> None:
    """Everything that the broker reads. Passwords that are there stay."""
    tree.folder(FOLDER, 0o700, "mosquitto", "mosquitto")
    before = [tree.text(f"{FOLDER}/{name}") for name in FILES]
    nodes = ["--machine", answers.network("nodes_at")] if answers.network("nodes_at") else []
    if nodes and answers.network("plain_nodes"):
        nodes += ["--plain-port", str(PLAIN_NODES_PORT)]
    folder = asked.path(FOLDER)
    asked.ask(
        "sotpunkt-keys", "mosquitto", "site", "--site", answers.site, "--out", folder, "--folder", FOLDER, *nodes,
        what="broker",
    )  # fmt: skip
    known = {line.split(":", 1)[0] for line in (tree.text(f"{FOLDER}/passwords") or "").splitlines()}
    for program, account in ACCOUNTS.items():
        secret = password_file(program)
        if program not in answers.programs:
            if account in known:
                asked.ask("sotpunkt-keys", "remove", account, "--dir", folder, what="broker")
            tree.remove(secret)
        elif account not in known or not tree.text(secret):
            again = ["--replace"] if account in known or tree.text(secret) is not None else []
            asked.ask(
                "sotpunkt-keys", "account", account, "--dir", folder, "--secret", asked.path(secret), *again,
                what="broker",
            )  # fmt: skip
            tree.changed.append(secret)
    now = [tree.text(f"{FOLDER}/{name}") for name in FILES]
    tree.changed += [f"{FOLDER}/{name}" for name, was, now in zip(FILES, before, now, strict=True) if was != now]

"""`tenure serve`, `tenure user`, `tenure token`: the site and who may use it. Edge: holds no rules.

Django is imported inside the commands, since the site is an extra.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tenure import cli_say as say
from tenure.errors import UsageError

if TYPE_CHECKING:
    from tenure.web.models import Person
    from tenure.workspace import Workspace

Email = Annotated[str, typer.Argument(metavar="EMAIL")]
Role = Annotated[str, typer.Option("--role", metavar="ROLE", help="admin, manager, csm or viewer.")]
Owner = Annotated[str, typer.Option("--owner", metavar="NAME", help="For a csm: the `owner` value of their customers.")]
Name = Annotated[str, typer.Option("--name", metavar="NAME", help="What to call them on the site.")]
FromStdin = Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input.")]
Host = Annotated[str, typer.Option("--host", metavar="H", help="The address to listen at.")]
Port = Annotated[int, typer.Option("--port", metavar="N", min=0, max=65535, help="The port; 0 takes a free one.")]
User = Annotated[str, typer.Option("--user", metavar="EMAIL", help="Whose token it is.")]
Days = Annotated[
    int | None, typer.Option("--days", min=1, max=3650, help="How long it holds (default: until revoked).")
]
Label = Annotated[str, typer.Option("--label", help="What it is for, to tell tokens apart.")]

users = typer.Typer(help="People who may sign in to the site.", no_args_is_help=True, rich_markup_mode=None)
tokens = typer.Typer(help="Tokens of the HTTP API.", no_args_is_help=True, rich_markup_mode=None)


def add(app: typer.Typer) -> None:
    """Hang the commands onto the command line."""
    app.command()(serve)
    app.add_typer(users, name="user")
    app.add_typer(tokens, name="token")


def serve(ctx: typer.Context, host: Host = "127.0.0.1", port: Port = 8000) -> None:
    """Serve the web application.

    Stops on SIGTERM or Ctrl-C; what people saved is on disk by then.
    """
    workspace = _workspace(ctx)
    _ready(workspace, host)
    from tenure.web import start
    from tenure.web.models import Person
    from tenure.web.server import Server, listen

    socket = listen(host, port)
    shown = f"[{host}]" if ":" in host else host
    address = f"http://{shown}:{socket.getsockname()[1]}"
    somebody = Person.objects.filter(is_active=True).exists()
    start.let_go()  # workers open connections of their own

    def say_where() -> None:
        say.answer(f"{workspace.config.name} is at {address} (stop with Ctrl-C)")
        if not somebody:
            say.answer(
                "Nobody may sign in yet. Add the first person, in another terminal:\n"
                f"  {say.called()} -C {workspace.folder} user add YOU@COMPANY.EXAMPLE --role admin"
            )

    Server(socket, say_where).run()


@users.command("add")
def user_add(
    ctx: typer.Context, email: Email, role: Role, owner: Owner = "", name: Name = "", password_stdin: FromStdin = False
) -> None:
    """Add a person who may sign in."""
    workspace = _workspace(ctx)
    _ready(workspace)
    from tenure.web import audit, people

    person = people.add(email, role, _password(password_stdin), owner, name)
    audit.note("person added", who="command line", detail=f"{person.email}, {role}")
    say.answer(f"Added {person.email} as {role}.")
    if role == "csm" and not person.owner:
        say.warn("Without --owner this csm sees no customers.")


@users.command("list")
def user_list(ctx: typer.Context) -> None:
    """List the people who may sign in."""
    _ready(_workspace(ctx))
    from tenure.web.models import Person

    for person in Person.objects.order_by("email"):
        off = "" if person.is_active else ", may not sign in"
        say.answer(f"{person.email}  {person.role}{f', owner {person.owner}' if person.owner else ''}{off}")


@users.command("password")
def user_password(ctx: typer.Context, email: Email, password_stdin: FromStdin = False) -> None:
    """Give a person a new password.

    Their sessions end.
    """
    _ready(_workspace(ctx))
    from tenure.web import audit, people

    person = _person(email)
    password = _password(password_stdin)
    people.checked_password(password, person.email)
    person.set_password(password)
    person.save()
    audit.note("password changed", who="command line", detail=person.email)
    say.answer(f"Changed the password of {person.email}.")


@tokens.command("add")
def token_add(ctx: typer.Context, user: User, days: Days = None, label: Label = "") -> None:
    """Make a token of the HTTP API and print it, this once.

    It can do what its user can.
    """
    _ready(_workspace(ctx))
    from tenure.web import audit, tokens

    person = _person(user)
    text = tokens.make(person, days, label)
    audit.note("token made", who="command line", detail=f"of {person.email}, ending {text[-4:]}")
    until = f"It holds for {days} days." if days else "It holds until it is revoked."
    say.remark(f"A token of {person.email} ({person.role}). {until} It is not shown again.")
    say.answer(text)


def _workspace(ctx: typer.Context) -> Workspace:
    from tenure.workspace import Workspace

    return Workspace.find(ctx.obj or Path.cwd())


def _ready(workspace: Workspace, host: str = "127.0.0.1") -> None:
    from tenure.web import start

    start.django(workspace.config, host)


def _person(email: str) -> Person:
    from tenure.errors import UnknownName
    from tenure.web.models import Person

    found: Person | None = Person.objects.filter(email=email.strip().lower()).first()
    if found is None:
        raise UnknownName("person", email, Person.objects.values_list("email", flat=True), where="--user")
    return found


def _password(from_stdin: bool) -> str:
    """The password, never from the command line itself, where others could see it."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise UsageError("There is no password.", todo="Pipe it in and say --password-stdin.")
    import getpass

    first = getpass.getpass("Password: ")
    if getpass.getpass("Again: ") != first:
        raise UsageError("The two passwords differ.", todo="Try again.")
    return first

"""The command line: thin commands, each of which imports its subsystem when it runs."""

from __future__ import annotations

from typing import Annotated

import typer

from nodepath_cli.cli import audit, baseline, db, demo, deploy, explain, fix, locks, schema, setup, uses

app = typer.Typer(
    name="nodepath",
    help="Proves before the deploy that every raw SQL query in your code runs against the schema that will be there.",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120},
)


@app.callback()
def _options(
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> None:
    # `nodepath --version` alone is answered before Typer is imported; this one stands before a command.
    if version:
        from nodepath_cli import __version__

        typer.echo(f"nodepath {__version__}")
        raise typer.Exit


app.command("audit-columns")(audit.audit_columns)
app.command("audit-deploy")(deploy.audit_deploy)
app.command("queries")(audit.queries)
app.command("uses")(uses.uses)
app.command("fix")(fix.fix)
app.command("explain")(explain.explain)
app.command("rules")(explain.rules)
app.add_typer(baseline.app, name="baseline")
app.add_typer(schema.app, name="schema")
app.add_typer(db.app, name="db")
app.add_typer(locks.app, name="locks")
app.command("init")(setup.init)
app.command("doctor")(setup.doctor)
app.command("demo")(demo.demo)

"""One module a subcommand of `lms`: `HELP`, `add_arguments(parser)`, `run(args) -> exit status`.

Loaded only when asked for, so that `lms --help` does not pay for typst or the web.
"""

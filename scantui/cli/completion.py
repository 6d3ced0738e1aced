"""`scantui completion`: the completion scripts for shells, and the candidates that these scripts ask for.

Rule: the scripts know no commands. They ask scantui each time, so that a filter completes as in the filter bar, and -s
completes to the configured servers. A completion library for argparse would know only the options.
"""

from __future__ import annotations

import os
import shlex
from argparse import Action, ArgumentParser, Namespace
from collections.abc import Iterable, Iterator

from scantui.cli.commands import COMMANDS, MONITOR, TOPICS, parser_of
from scantui.cli.outcomes import ExitCode, exit_codes_help
from scantui.cli.output import write
from scantui.exceptions import ScanTuiError
from scantui.filters import complete
from scantui.filters.grammar import SERVER_FIELD
from scantui.system.config import Configuration
from scantui.system.toml_file import TomlFile

Candidate = tuple[str, str]

# Without candidates, shells complete file names. A candidate that ends in = or < is continued without a blank.
SCRIPTS = {
    "bash": r"""
_scantui() {
    local line=${COMP_LINE:0:COMP_POINT} candidate word shed
    word=${line##*[[:space:]]}
    # Readline replaces only what follows the last of its own word breaks, or a quotation mark.
    shed=${word%"${word##*[$COMP_WORDBREAKS]}"}
    while IFS=$'\t' read -r candidate _; do
        if [[ $word != *[\'\"]* ]]; then
            printf -v candidate %q "${candidate#"$shed"}"
            [[ $candidate == *[=\<] ]] || candidate+=' '
        fi
        COMPREPLY+=("$candidate")
    done < <("${COMP_WORDS[0]/#\~/$HOME}" completion bash --line "$line" 2>/dev/null)
}
complete -o default -o nospace -F _scantui scantui
""",
    "zsh": r"""
#compdef scantui
_scantui() {
    local candidate description program=${~words[1]}
    local -a open closed open_shown closed_shown
    while IFS=$'\t' read -r candidate description; do
        if [[ $candidate == *[=\<] ]]; then
            open+=("$candidate") open_shown+=("$candidate")
        else
            closed+=("$candidate") closed_shown+=("$candidate${description:+  -- $description}")
        fi
    done < <("$program" completion zsh --line "${(j: :)words[1,CURRENT-1]} $PREFIX" 2>/dev/null)
    (( $#open || $#closed )) || { _files; return }
    (( $#open )) && compadd -S '' -d open_shown -a open
    (( $#closed )) && compadd -l -d closed_shown -a closed
}
compdef _scantui scantui
""",
    "fish": r"""
function __scantui_complete
    set -l words (commandline --cut-at-cursor --tokenize --current-process)
    set -l program (string replace -r '^~' $HOME -- $words[1])
    set -l answers ($program completion fish \
        --line (commandline --cut-at-cursor --current-process | string collect) 2>/dev/null)
    if test (count $answers) -gt 0
        printf '%s\n' $answers
    else
        __fish_complete_path (commandline --cut-at-cursor --current-token)
    end
end
complete --command scantui --no-files --arguments '(__scantui_complete)'
""",
}
EXAMPLES = f"""\
The script completes commands, options, filter terms, states and the servers of
the configuration.

examples:
  scantui completion bash >> ~/.bashrc
  scantui completion zsh >> ~/.zshrc
  scantui completion fish > ~/.config/fish/completions/scantui.fish

{exit_codes_help()}"""


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `scantui completion`."""
    parser.add_argument("shell", choices=SCRIPTS, help="your shell")
    parser.add_argument("--line", metavar="TEXT", help="print the candidates for the end of this line instead")


def run(options: Namespace) -> int:
    """Print a completion script for your shell."""
    if options.line is None:
        write(SCRIPTS[options.shell].strip("\n"))
        return ExitCode.DONE
    for candidate, description in candidates(words_of(options.line)):
        write(f"{candidate}\t{description}" if description else candidate)
    return ExitCode.DONE


def words_of(line: str) -> list[str]:
    """The words of a line as a shell reads them; the last one is incomplete and may be empty."""
    mark = "\0"
    for quotation_mark in ("", "'", '"'):
        try:
            words = shlex.split(f"{line}{mark}{quotation_mark}")
        except ValueError:
            continue  # the other quotation mark is open
        return [word.replace(mark, "") for word in words]
    return [""]


def candidates(words: list[str]) -> Iterator[Candidate]:
    """The candidates for the last word, with their descriptions; the first word is the program."""
    *before, typed = words[1:] or [""]
    name = before[0] if before and before[0] in COMMANDS else MONITOR
    parser = parser_of(name)
    options = [action for action in parser._actions if action.option_strings]
    awaiting = next(
        (each for each in options if before and before[-1] in each.option_strings and each.nargs != 0), None
    )
    if awaiting is not None:
        yield from _fitting(_values(awaiting, typed), typed)
        return
    if not before:
        yield from _fitting(COMMANDS.items(), typed)
    if typed.startswith("-"):
        yield from _fitting(((string, _help_of(each)) for each in options for string in each.option_strings), typed)
    for action in parser._actions:
        if not action.option_strings:
            yield from _fitting(_values(action, typed), typed)


def _values(action: Action, typed: str) -> Iterable[Candidate]:
    if action.choices is not None:
        return ((str(choice), "") for choice in action.choices)
    if action.dest == "filter":
        place = complete(typed, len(typed), lambda field: _configured().servers if field == SERVER_FIELD else ())
        return ((f"{typed[: place.start]}{candidate}", "") for candidate in place.candidates)
    if action.dest == "server":
        return _servers()
    if action.dest == "topic":
        return [*TOPICS.items(), *COMMANDS.items()]
    return ()


def _configured() -> Configuration:
    """The configuration; an empty one if something is wrong with the file, which the command itself reports."""
    try:
        return Configuration.read(os.environ)
    except ScanTuiError:
        return Configuration(TomlFile(None))


def _servers() -> Iterable[Candidate]:
    configuration = _configured()
    for name in configuration.names:
        members = ", ".join(configuration.servers_named(name))
        yield name, "a configured server" if name in configuration.servers else members


def _help_of(action: Action) -> str:
    return (action.help or "") % {**vars(action), "prog": "scantui"}


def _fitting(offered: Iterable[Candidate], typed: str) -> Iterator[Candidate]:
    return ((candidate, text) for candidate, text in offered if candidate.lower().startswith(typed.lower()))

"""`scantui completion`: what a shell needs to complete a command line of ours, and the answers when it asks.

Rule: the shells know nothing. Each time they ask the program, so that what is offered in a filter is what the filter
bar offers, and the servers are those of the configuration. A library for argparse would know the options alone.
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
from scantui.system.config import Configuration

Candidate = tuple[str, str]

# Where nothing is offered, shells complete the names of files. What ends in = or < is to be continued without a blank.
SCRIPTS = {
    "bash": r"""
_scantui() {
    local line=${COMP_LINE:0:COMP_POINT} candidate word shed
    word=${line##*[[:space:]]}
    # Readline replaces what stands behind the last of its own word breaks only, or behind a quotation mark.
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
    local candidate told program=${~words[1]}
    local -a open closed open_told closed_told
    while IFS=$'\t' read -r candidate told; do
        if [[ $candidate == *[=\<] ]]; then
            open+=("$candidate") open_told+=("$candidate")
        else
            closed+=("$candidate") closed_told+=("$candidate${told:+  -- $told}")
        fi
    done < <("$program" completion zsh --line "${(j: :)words[1,CURRENT-1]} $PREFIX" 2>/dev/null)
    (( $#open || $#closed )) || { _files; return }
    (( $#open )) && compadd -S '' -d open_told -a open
    (( $#closed )) && compadd -l -d closed_told -a closed
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
It completes commands, options, the terms of a filter, states, and the servers of the configuration.

examples:
  scantui completion bash >> ~/.bashrc
  scantui completion zsh >> ~/.zshrc
  scantui completion fish > ~/.config/fish/completions/scantui.fish

{exit_codes_help()}"""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare for which shell."""
    parser.add_argument("shell", choices=SCRIPTS, help="the shell that is to complete")
    parser.add_argument("--line", metavar="TEXT", help="write what may stand at the end of this line instead")


def run(options: Namespace) -> int:
    """Write what a shell needs to complete the command lines of scantui."""
    if options.line is None:
        write(SCRIPTS[options.shell].strip("\n"))
        return ExitCode.DONE
    for candidate, told in candidates(words_of(options.line)):
        write(f"{candidate}\t{told}" if told else candidate)
    return ExitCode.DONE


def words_of(line: str) -> list[str]:
    """The words of a line as a shell reads them; the last one is still being written, and may be empty."""
    mark = "\0"
    for quotation_mark in ("", "'", '"'):
        try:
            words = shlex.split(f"{line}{mark}{quotation_mark}")
        except ValueError:
            continue  # it stands within the other quotation marks
        return [word.replace(mark, "") for word in words]
    return [""]


def candidates(words: list[str]) -> Iterator[Candidate]:
    """What the last word may become, with a word about it; the first word is the program."""
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
        yield from _fitting(((string, _told(each)) for each in options for string in each.option_strings), typed)
    for action in parser._actions:
        if not action.option_strings:
            yield from _fitting(_values(action, typed), typed)


def _values(action: Action, typed: str) -> Iterable[Candidate]:
    if action.choices is not None:
        return ((str(choice), "") for choice in action.choices)
    if action.dest == "filter":
        place = complete(typed, len(typed), lambda field: ())
        return ((f"{typed[: place.start]}{candidate}", "") for candidate in place.candidates)
    if action.dest == "server":
        return ((name, "a server of the configuration") for name in _servers())
    if action.dest == "topic":
        return [*TOPICS.items(), *COMMANDS.items()]
    return ()


def _servers() -> Iterable[str]:
    try:
        return Configuration.read(os.environ).servers
    except ScanTuiError:
        return ()  # whoever runs the command is told what is wrong with the file


def _told(action: Action) -> str:
    return (action.help or "") % {**vars(action), "prog": "scantui"}


def _fitting(offered: Iterable[Candidate], typed: str) -> Iterator[Candidate]:
    return ((candidate, told) for candidate, told in offered if candidate.lower().startswith(typed.lower()))

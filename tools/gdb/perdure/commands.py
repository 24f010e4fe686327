"""The commands that look: at replays, at live processes and at core files alike."""

import gdb

from perdure import selection, show


class Perdure(gdb.Command):
    """Workflows of the process: runs, logical stacks, locals, replays event by event.

    perdure runs              the living runs; * is the one that the other commands mean
    perdure run N             mean run N from now on
    perdure bt [all | N]      the logical stacks of the run, of all runs, of run N
    perdure frame [N | R.N]   go to logical frame N (of run R), as `perdure bt` numbers them
    perdure locals            the locals of that frame; $this is then the workflow object
    perdure run-info [N]      pending operations, mailboxes, scopes, sagas

    In a replay:
    perdure events            the history; => is the present event
    perdure start [N]         start the replay anew and go to event N
    perdure goto N            stop where event N woke workflow code, or where the code asked for it
    perdure next-event, prev-event
    perdure break-on event-type TYPE | event N | clear
    perdure continue          to the next event that was asked for with break-on
    perdure here              into the workflow code, when gdb's own continue has come to such an event
    """

    def __init__(self):
        super().__init__("perdure", gdb.COMMAND_USER, gdb.COMPLETE_NONE, True)

    def invoke(self, argument, from_tty):
        gdb.execute("help perdure")


class Command(gdb.Command):
    """A subcommand that prints what its function returns."""

    def __init__(self, name, function, text):
        self.__doc__ = text
        self._function = function
        super().__init__("perdure " + name, gdb.COMMAND_USER, gdb.COMPLETE_NONE)

    def invoke(self, argument, from_tty):
        try:
            text = self._function(argument.strip())
        except gdb.error as error:
            raise gdb.GdbError(str(error)) from None
        if text:
            gdb.write(text + "\n")


def _run_of(argument):
    return selection.run_number(argument) if argument else selection.current_run()


def runs(_argument):
    return show.run_list()


def run(argument):
    chosen = selection.run_number(argument)
    selection.choose(chosen)
    return show.run_head(chosen)


def bt(argument):
    if argument == "all":
        return "\n\n".join(show.backtrace(each) for each in selection.known_runs())
    return show.backtrace(_run_of(argument))


def frame(argument):
    found = selection.choose_frame(argument) if argument else selection.current_frame()
    _, number, at = found
    native = at.native()
    if native is not None:
        native.select()
    return "\n".join(filter(None, (show.frame_line(number, at), show.source_text(at))))


def frame_locals(_argument):
    owner, _, at = selection.current_frame()
    return "\n".join(show.frame_locals(owner, at))


def run_info(argument):
    return show.run_info(_run_of(argument))


def register():
    Perdure()
    Command("runs", runs, "List the living workflow runs.")
    Command("run", run, "Let the other commands mean run N.")
    Command("bt", bt, "Print the logical stacks of the current run, of run N, or of all runs.")
    Command("frame", frame, "Go to logical frame N, or frame N of run R with R.N; without argument say which it is.")
    Command("locals", frame_locals, "Print the locals of the current logical frame.")
    Command("run-info", run_info, "Print pending operations, mailboxes, scopes and sagas of a run.")
    gdb.events.stop.connect(selection.forget)
    gdb.events.exited.connect(selection.forget)

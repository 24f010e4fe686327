"""What the commands print, as text."""

import datetime

import gdb

from perdure import coroutine, runs, selection


def run_head(run):
    return f"run {run.number}  {run.workflow_type}  {run.workflow_id}  ({run.run_id})"


def run_list():
    current = selection.current_run().address
    lines = []
    for run in selection.known_runs():
        heads = [stack.head for stack in selection.stacks(run)]
        mark = "*" if run.address == current else " "
        lines.append(f"{mark} {run_head(run)}")
        lines.extend(f"      {head}" for head in heads or ["no coroutine"])
    return "\n".join(lines)


def frame_line(number, frame):
    return f"#{number:<3}{frame.name()} at {frame.place()}"


def backtrace(run):
    lines = [run_head(run)]
    number = 0
    last = None
    for stack in selection.stacks(run):
        lines.append(f"  {stack.head}")
        for frame in stack.frames:
            if last is not None and last in stack.spawned:
                lines.append("      started by")
            lines.append(f"    {frame_line(number, frame)}")
            last = frame
            number += 1
    if last is None:
        lines.append("  no coroutine: the run has not begun, or it has ended")
    return "\n".join(lines)


def source_text(frame):
    """The line of the user's source on which the frame stands."""
    function = frame.code()
    native = frame.native()
    if native is not None:
        where = native.find_sal()
        symtab, line = where.symtab, where.line
    else:
        symtab = gdb.find_pc_line(function.pc).symtab if function else None
        line = frame.at.line
    text = coroutine.source_lines(symtab, line, line) if symtab is not None and line else []
    return f"{line}\t{text[0]}" if text else ""


def value_text(value):
    try:
        return value.format_string(max_elements=40)
    except gdb.error as error:
        return f"<{error}>"


def frame_locals(run, frame):
    function = frame.code()
    if function is None:
        return ["the coroutine has finished; its locals are gone"]
    native = frame.native()
    line = native.find_sal().line if native is not None else frame.at.line
    found = coroutine.locals_of(function, frame.handle, line, run.object)
    if found is None:
        return ["no locals: " + function.what_is_missing()]
    lines = []
    for kind, name, value in found:
        text = value_text(value) if value is not None else "<not kept: nothing reads it after this await>"
        if name == "this":
            if value is not None:
                gdb.set_convenience_variable("this", value)
            text = "<not found in the frame>" if value is None else f"({kind.target().name} *) {int(value):#x}"
            lines.append(f"this = {text}")
        else:
            lines.append(f"{name} = {text}")
    return lines or ["no locals"]


def _time_text(nanoseconds):
    moment = datetime.datetime.fromtimestamp(nanoseconds // 10**9, datetime.timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%S") + f".{nanoseconds // 10**6 % 1000:03}Z"


def _pending_lines(run):
    for row in run.pending():
        text = row.text(run.signal_of)
        if row.at.line:
            text += f", asked for at {row.at}"
        if row.event_id:
            text += f", event {row.event_id}"
        if row.scope:
            text += f", scope {row.scope}"
        yield text + (", cancel asked for" if row.cancel_sent else "")


def _mailbox_lines(run):
    for signal, box in run.mailboxes():
        messages = runs.unread(box)
        yield f"{signal}: {len(messages)} unread"
        for event_id, text in messages:
            yield f"  {f'event {event_id}' if event_id > 0 else 'from the previous run'}: {text}"


def _scope_lines(run):
    for scope in run.scopes():
        text = f"{scope.number}: " + ("the run" if scope.number == 0 else f"below {scope.parent}")
        text += ", shielded" if scope.shield else ""
        yield text + (f", cancelled: {scope.reason}" if scope.cancelled else "")


def _saga_lines(run):
    for number, entries in enumerate(run.sagas(), 1):
        yield f"saga {number}: {len(entries)} compensations, undone from the last to the first"
        for key, activity, group in entries:
            yield f"  {activity}" + (f", key {key}" if key != activity else "") + (f", group {group}" if group else "")


def run_info(run):
    lines = [
        run_head(run),
        f"  task queue {run.task_queue}, {run.history_length} events, workflow time {_time_text(run.now_ns)}"
        + (", replaying" if run.replaying else "")
        + (", its task fails" if run.failing else ""),
        f"  the object is at {run.object:#x}" if run.object else "  the object has not been made",
    ]
    if run.handlers:
        lines.append(f"  {run.handlers} handlers are running")
    parts = (("pending", _pending_lines), ("mailboxes", _mailbox_lines), ("scopes", _scope_lines), ("sagas", _saga_lines))
    for title, make in parts:
        rows = list(make(run))
        lines.append(f"  {title}:" + ("" if rows else " none"))
        lines.extend(f"    {row}" for row in rows)
    return "\n".join(lines)

"""Looks at a worker process that lives, then at its core file: the same commands say the same.

Run inside gdb with the worker as program; PERDURE_GOLDEN names what is to be seen.
"""

import os
import re
import subprocess
import sys
import tempfile

import gdb

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import session  # noqa: E402

session.prepare()

COMMANDS = (
    "perdure runs",
    "perdure bt all",
    "perdure frame 3.1",
    "perdure locals",
    "perdure run-info",
    "perdure run 2",
    "perdure frame",
    "perdure bt",
)


def steady(text):
    """Without what differs from process to process: ids, addresses, times."""
    text = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "<id>", text)
    text = re.sub(r"0x[0-9a-f]+", "<address>", text)
    return re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+Z", "<time>", text)


def look():
    # What was chosen in the process is chosen in its core too.
    session.said_by("perdure run 1")
    parts = [f"(gdb) {command}\n{session.said_by(command)}" for command in COMMANDS]
    return steady("\n".join(parts))


def test():
    program = gdb.current_progspace().filename
    worker = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    core = os.path.join(tempfile.mkdtemp(prefix="perdure-gdb-"), "core")
    try:
        assert worker.stdout.readline() == "ready\n", "the worker did not come to the state that is to be looked at"
        session.said_by(f"attach {worker.pid}")
        seen = look()
        session.compare(seen, os.environ["PERDURE_GOLDEN"])
        session.expect(session.refusal_of("perdure frame 99"), "has no frame 99")
        session.expect(session.refusal_of("perdure run 9"), "there is no run 9")
        session.expect(session.refusal_of("perdure events"), "--debugger-hooks")
        session.said_by(f"gcore {core}")
        session.said_by("detach")
        # The process is as it was.
        assert worker.poll() is None
        session.expect(session.refusal_of("perdure runs"), "nothing runs")
        session.said_by(f"core-file {core}")
        again = look()
        assert again == seen, f"the core file shows something else:\n{again}"
        session.said_by("core-file")
    finally:
        # Who is attached to it would wait for its end for ever.
        if gdb.selected_inferior().pid == worker.pid:
            session.said_by("detach")
        # Its drain is not what this is about, and on a busy machine it takes long.
        worker.kill()
        worker.wait()
        if os.path.exists(core):
            os.remove(core)
        os.rmdir(os.path.dirname(core))


session.run_test(test)

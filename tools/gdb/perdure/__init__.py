"""Workflows in gdb: the runs of a process or a core file, their logical stacks and locals, and replays event by event."""


def install():
    """Adds the commands to gdb; once is enough."""
    from perdure import commands, replay_commands

    commands.register()
    replay_commands.register()

"""The states of phases and of activities, as files hold them; a playbook can rename what is shown, not these."""

from __future__ import annotations

OPEN = "Open"
IN_PROGRESS = "In progress"
FINISHED = "Finished"
"""A phase that was moved on from."""
DONE = "Done"
"""An activity that was done, unlike one that was not needed."""

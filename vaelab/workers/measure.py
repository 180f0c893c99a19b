"""`python -m vaelab.workers.measure`: measures one run for each JSON line on standard input.

In:  {"run": "/path/to/runs/<id>"}
Out: {"done": "<id>", "why_not": ""} after each run, or with a sentence why it has no measures.

Only this program writes `measures.json`. It ends at once when its input ends, even while it measures a run,
so that a killed server leaves no process behind. A file that it writes is complete or absent.
"""

import logging
import os
import queue
import signal
from pathlib import Path

from vaelab.analysis.measure import NotFinite, measure_run
from vaelab.data import DATASETS, DatasetUnavailable, is_ready
from vaelab.files import drop_drafts
from vaelab.logs import log_as
from vaelab.runs import MEASURED, Measures, Run, explained, read_measures
from vaelab.runs.measures import FILE, write_measures
from vaelab.workers.channel import Jobs, own_output, read_jobs

logger = logging.getLogger(__name__)


def main() -> None:
    """Serve until standard input ends."""
    log_as("measurer")
    say = own_output()
    # Ctrl-C in the server's terminal is meant for the server, which ends this program's input when ready.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    jobs: Jobs = queue.SimpleQueue()
    # Nobody waits for the measures of the current run, and nothing has to be saved.
    read_jobs(jobs, at_end=lambda: os._exit(0))
    while job := jobs.get():
        run = Run(Path(job["run"]))
        why_not = measure_and_keep(run)
        if why_not:
            logger.info("Run %s has no measures: %s", run.id, why_not)
        say({"done": run.id, "why_not": why_not})


def measure_and_keep(run: Run) -> str:
    """Measure a run and write the measures into its folder, unless they are there already.

    A failure that would happen again is written instead of the values. A failure that may pass, such as a
    full disk, is not written.

    Returns
    -------
    A sentence that says why there are no values; empty if there are.
    """
    try:
        status = run.status()
        if status.state not in MEASURED:
            return "It is measured when it is over."
        measures = read_measures(run)
        if measures is None or not measures.is_complete:
            measures = _measured(run, status.step)
            drop_drafts(run.path, FILE)
            write_measures(run, measures)
        return measures.problem
    except Exception as error:
        sentence = explained(error)
        if sentence is None:
            raise
        return sentence if run.path.is_dir() else "It has been deleted."


def _measured(run: Run, step: int) -> Measures:
    name = run.config.dataset
    if not is_ready(name):
        raise DatasetUnavailable(f"The images of {DATASETS[name].title} are not on this machine.")
    try:
        return measure_run(run, step)
    except NotFinite as error:
        return Measures(step=step, problem=str(error))
    except Exception as error:
        if explained(error):
            raise
        logger.exception("Run %s cannot be measured", run.id)
        unforeseen = " ".join(str(error).split())[:300] or type(error).__name__
        return Measures(step=step, problem=f"Measuring it failed: {unforeseen}")


if __name__ == "__main__":
    main()

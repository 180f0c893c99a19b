"""The state of a run in words, for the page Runs."""

from vaelab.runs import Summary
from vaelab.ui.session import engine, may_change, visit
from vaelab.words import passed

SHIPPED_STAYS = (
    "It comes with VAE Lab, so it cannot be renamed, trained on or deleted: train your own with its recipe."
)
OF_ANOTHER = "It is somebody else's, opened by its link: only its owner can change it."
ONLY_DELETE = "It cannot be opened, only deleted."
NO_OPTIMIZER = "It came without the state of its optimizer, so it cannot be trained on."


def state_in_words(summary: Summary) -> str:
    """A run's state, with its place in the queue or its epoch."""
    status, run = summary.status, summary.run
    if run.id in visit().doomed:
        return "Being deleted"
    if run.shipped:
        return "Finished example"
    if status.state == "queued":
        place = engine().place(run)
        return "Waiting: next" if place == 1 else f"Waiting: number {place}" if place else "Waiting"
    if status.state == "running" and summary.config:
        return f"Training: epoch {status.epoch:.1f} of {summary.config.epochs}"
    words = status.state.capitalize()
    if status.state == "finished" and summary.config and status.epoch < summary.config.epochs:
        return f"{words} at epoch {passed(status.epoch)} of {summary.config.epochs}"
    begun = status.state not in ("finished", "failed", "damaged") and status.step > 0
    return f"{words} at epoch {passed(status.epoch)}" if begun else words


def about(summary: Summary) -> str:
    """Sentences on a run: its recipe, how it ended, and why some actions are impossible."""
    status, config = summary.status, summary.config
    sentences = [status.message]
    if config and summary.meta and summary.title != summary.run.in_words:
        sentences = [f"{summary.run.in_words}.", *sentences]
    if summary.run.shipped:
        sentences.append(SHIPPED_STAYS)
    elif not may_change(summary.run):
        sentences.append(OF_ANOTHER)
    elif status.state == "damaged":
        sentences.append(ONLY_DELETE)
    elif summary.has_learned and not status.active and not summary.can_be_trained_on:
        sentences.append(NO_OPTIMIZER)
    return " ".join(filter(None, sentences))

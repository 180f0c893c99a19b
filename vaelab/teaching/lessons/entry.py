"""The parts of a lesson: texts, formulas, questions and links as data."""

from dataclasses import dataclass, field

from vaelab.config import RunConfig


@dataclass(frozen=True, kw_only=True)
class Formula:
    """A line of mathematics, and what each of its symbols means."""

    latex: str
    words: str
    """Markdown that names every symbol of `latex`."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question whose answer is to be predicted before the experiment."""

    ask: str
    options: tuple[str, ...]
    right: tuple[int, ...]
    """Indices of the right options; with more than one, several are to be chosen."""
    why: str
    """The answer in a sentence or two."""

    @property
    def several(self) -> bool:
        """Whether more than one option is right."""
        return len(self.right) > 1


@dataclass(frozen=True, kw_only=True)
class Statement:
    """A statement that is to be judged true or false, with the reason."""

    text: str
    true: bool
    why: str


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """A recipe to be trained, or opened without training."""

    label: str
    config: RunConfig
    twins: bool = False
    """Whether its twin is trained with it: the same recipe as an AE for a VAE, and the reverse."""


@dataclass(frozen=True, kw_only=True)
class Link:
    """An address of the app."""

    label: str
    page: str
    """The page's script in `pages/`, without its ending."""
    parameters: dict[str, str] = field(default_factory=dict)
    config: RunConfig | None = None
    """The recipe that the link states in front of its parameters."""


@dataclass(frozen=True, kw_only=True)
class Lesson:
    """One lesson. Texts are Markdown with maths in $."""

    name: str
    """Its module here and in `vaelab.ui.learn`, which has what a visitor tries."""
    title: str
    summary: str
    """One sentence for the index."""
    asks_first: bool = False
    """Whether the text and the formulas come after the question, which they would answer."""
    text: str
    formulas: tuple[Formula, ...]
    question: Question
    look: str
    """What to look for in the experiment."""
    statements: tuple[Statement, ...]
    recipes: tuple[Recipe, ...]
    links: tuple[Link, ...]
    terms: tuple[str, ...]
    """Terms of the glossary for further reading."""

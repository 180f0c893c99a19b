"""What a run is made of: `RunConfig`, one flat list of settings, each described once.

A field's name is at the same time its Python attribute, its JSON key, its command-line flag, its
URL parameter and its widget key. Label, help, unit and bounds stand in the field and nowhere else;
forms, the command line and error sentences are made from them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from vaelab.config.hidden import parse_hidden
from vaelab.config.traits import MODELS, TERMS, ModelTraits, TermTraits, kinds_with
from vaelab.data.catalogue import DATASETS, DatasetSpec

VERSION: Literal[2] = 2
"""Version of the field list; written into every `config.json` and every link."""

DEFAULT_HIDDEN = {"mlp": "512-256", "conv": "8-16/256-256/256-256"}

# Tried on MNIST with the default network as AE and VAE, in steps of about 3: the best rate of those
# that did not diverge; a constant 0.001 for Adam, as everybody knows it.
_LEARNING_RATES = {
    "gd": {"constant": 3e-2, "one-cycle": 1e-1},
    "sgd": {"constant": 3e-2, "one-cycle": 3e-2},
    "momentum": {"constant": 1e-2, "one-cycle": 1e-2},
    "rmsprop": {"constant": 1e-3, "one-cycle": 1e-3},
    "adam": {"constant": 1e-3, "one-cycle": 1e-2},
    "adamw": {"constant": 1e-3, "one-cycle": 1e-2},
}


# Fields whose default is another one for other values of these.
FOLLOWS = {"hidden": ("architecture",), "learning_rate": ("optimizer", "lr_schedule", "reconstruction")}


def default_learning_rate(optimizer: str, lr_schedule: str, reconstruction: str) -> float:
    """The tried learning rate of an optimizer; 0.001 for names that there are not.

    Under mse the gradient is about ten times as long, which plain gradient steps feel.
    """
    rate = _LEARNING_RATES.get(optimizer, {}).get(lr_schedule, 1e-3)
    term = TERMS.get(reconstruction)
    return rate / term.gradient_length if term and optimizer in ("gd", "sgd", "momentum") else rate


def _described(
    default: Any,
    label: str,
    help: str,
    *,
    unit: str = "",
    allowed: str = "",
    labels: dict[str, str] | None = None,
    rows: Mapping[str, ModelTraits | TermTraits | DatasetSpec] | None = None,
    **bounds: Any,
) -> Any:
    """A pydantic field whose title, help and the rest of its description stand in one place.

    `rows` is the registry whose keys are the values that a choice has; it gives their labels, too.
    """
    extra: dict[str, Any] = {"unit": unit, "allowed": allowed, "labels": labels or {}, "rows": rows}
    return Field(default, title=label, description=help, json_schema_extra=extra, **bounds)


def _none_from_text(value: Any) -> Any:
    return None if isinstance(value, str) and value.strip().lower() in ("none", "") else value


OptionalNumber = Annotated[float | None, BeforeValidator(_none_from_text)]


class RunConfig(BaseModel):
    """Every setting of a training run; immutable and complete.

    `RunConfig()` is the preset `vae-2d`. `hidden` and `learning_rate`, left out or None, follow the
    architecture and the optimizer. A field that is not in force (say `beta` of an AE) is validated
    and kept, and changes nothing: see `why_not_in_force`.

    Raises
    ------
    pydantic.ValidationError
        On an unknown field or a value out of bounds; `problems` turns it into sentences.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    version: Literal[2] = Field(VERSION, title="Version", description="Version of the field list.")
    model: str = _described(
        "vae", "Model",
        "An autoencoder (AE) encodes each image as one point. A variational autoencoder (VAE) "
        "encodes it as a normal distribution and pulls that towards the prior.",
        rows=MODELS,
    )  # fmt: skip
    dataset: str = _described(
        "mnist", "Data set", "The images to learn. MNIST and Fashion-MNIST are bundled; the others "
        "are downloaded when first chosen.",
        rows=DATASETS,
    )  # fmt: skip
    train_size: int = _described(
        60_000, "Training images", "How many training images to use, drawn by the seed. A data set "
        "that has fewer gives all it has.", unit="images", ge=10, le=1_000_000,
    )  # fmt: skip
    held_out: int = _described(
        0, "Held-out images", "Training images that are set aside, the same for every seed, and evaluated "
        "after every epoch: to choose among settings without a look at the test images. At most half of all.",
        unit="images", ge=0, le=10_000,
    )  # fmt: skip
    latent_dim: int = _described(
        2, "Latent dimension", "How many numbers the code of an image has: the width of the "
        "bottleneck.", unit="numbers", ge=1, le=256,
    )  # fmt: skip
    epochs: int = _described(
        10, "Epochs", "How often training goes through all training images.",
        unit="epochs", ge=1, le=500,
    )  # fmt: skip
    architecture: Literal["mlp", "conv"] = _described(
        "mlp", "Architecture", "Fully connected layers, or convolutions with stride 2.",
        labels={"mlp": "Fully connected (mlp)", "conv": "Convolutional (conv)"},
    )  # fmt: skip
    hidden: str = _described(
        "512-256", "Hidden layers", "Widths of the encoder's hidden layers; the decoder mirrors them: "
        "400, or 512-256, or none. For conv the channels, then after a slash the widths of dense layers "
        "before the code, and after another those behind it: 32-64, 32-64/16 or 16-32/128/128.",
        allowed="up to 8 widths from 1 to 4096 joined by '-', such as 400 or 512-256, or none; for conv "
        "1 to 4 channel counts from 1 to 256 such as 32-64, then dense widths after '/', such as "
        "32-64/16 or 16-32/128/128",
    )  # fmt: skip
    activation: Literal["relu", "leaky_relu", "gelu", "tanh", "sigmoid"] = _described(
        "relu", "Activation", "The non-linearity after each hidden layer.",
        labels={"relu": "ReLU", "leaky_relu": "Leaky ReLU", "gelu": "GELU", "tanh": "tanh",
                "sigmoid": "sigmoid"},
    )  # fmt: skip
    code_activation: Literal["none", "relu"] = _described(
        "none", "Code activation", "A non-linearity on the code itself, as many tutorials have it.",
        labels={"none": "None", "relu": "ReLU"},
    )  # fmt: skip
    reconstruction: str = _described(
        "bce", "Reconstruction term", "Cross-entropy of each pixel, or the squared error as the "
        "negative log-density of a Gaussian.",
        rows=TERMS,
    )  # fmt: skip
    sigma: Literal["auto"] | float = _described(
        "auto", "Sigma", "Standard deviation of the Gaussian behind mse, for pixels from 0 to 1. "
        "'auto' matches it to the training error while training goes on (Rybkin et al. 2021).",
        allowed="'auto' or a number from 0.001 to 10",
    )  # fmt: skip
    corruption: Literal["none", "gaussian", "mask"] = _described(
        "none", "Corruption", "Spoils the input but not the target: a denoising autoencoder. "
        "Gaussian adds noise, mask blacks pixels out.",
        labels={"none": "None", "gaussian": "Gaussian noise", "mask": "Masked pixels"},
    )  # fmt: skip
    corruption_strength: float = _described(
        0.3, "Corruption strength", "Standard deviation of the noise, or the share of pixels that "
        "are masked.", ge=0, le=1,
    )  # fmt: skip
    beta: float = _described(
        1.0, "Beta", "Weight of the KL term. 1 is the VAE proper; more asks for codes nearer to "
        "the prior, at the price of reconstruction.", ge=0, le=1000,
    )  # fmt: skip
    beta_warmup: float = _described(
        0.0, "Beta warm-up", "Over how many epochs beta grows from 0 to its value.",
        unit="epochs", ge=0, le=500,
    )  # fmt: skip
    optimizer: Literal["gd", "sgd", "momentum", "rmsprop", "adam", "adamw"] = _described(
        "adam", "Optimizer", "How weights follow the gradient. Gradient descent (gd) takes one "
        "step an epoch, on all images at once.",
        labels={"gd": "Gradient descent, full batch", "sgd": "SGD", "momentum": "SGD, momentum 0.9",
                "rmsprop": "RMSprop", "adam": "Adam", "adamw": "AdamW"},
    )  # fmt: skip
    lr_schedule: Literal["constant", "one-cycle"] = _described(
        "one-cycle", "Learning rate schedule", "Constant, or rising over the first tenth of the "
        "steps and then falling to 0.",
        labels={"constant": "Constant", "one-cycle": "One cycle"},
    )  # fmt: skip
    learning_rate: float = _described(
        1e-2, "Learning rate", "Size of a step; the peak, for one-cycle. Every optimizer has its "
        "own default.", ge=1e-6, le=100,
    )  # fmt: skip
    batch_size: int = _described(
        256, "Batch size", "Images a step.", unit="images", ge=1, le=10_000,
    )  # fmt: skip
    stop_loss: OptionalNumber = _described(
        None, "Stop at loss", "Ends the run after the first epoch whose training objective is at "
        "or below this value. A density can make it negative.", unit="nats per image",
        allowed="'none' or a number from -100000 to 100000", ge=-100_000, le=100_000,
    )  # fmt: skip
    precision: Literal["auto", "fp32", "bf16"] = _described(
        "auto", "Precision", "bf16 computes matrix products with 8 significant bits: faster where "
        "the processor has units for it. 'auto' decides by the processor.",
        labels={"auto": "auto", "fp32": "fp32", "bf16": "bf16"},
    )  # fmt: skip
    seed: int = _described(
        0, "Seed", "Fixes every random number of the run: start, batches, noise.",
        ge=0, le=2_147_483_647,
    )  # fmt: skip

    @model_validator(mode="before")
    @classmethod
    def _fill_dependent_defaults(cls, values: Any) -> Any:
        if not isinstance(values, dict):
            return values
        filled = {key: value for key, value in values.items()
                  if not (value is None and key in ("hidden", "learning_rate"))}  # fmt: skip
        spec = DATASETS.get(str(filled.get("dataset")))
        for name, choices in spec.kind.choices.items() if spec else ():
            filled.setdefault(name, choices[0])
        if "hidden" not in filled:
            architecture = str(filled.get("architecture", "mlp"))
            filled["hidden"] = DEFAULT_HIDDEN.get(architecture, DEFAULT_HIDDEN["mlp"])
        if "learning_rate" not in filled:
            fields = cls.model_fields
            leaders = (str(filled.get(name, fields[name].default)) for name in FOLLOWS["learning_rate"])
            filled["learning_rate"] = default_learning_rate(*leaders)
        return filled

    @field_validator("model", "dataset", "reconstruction")
    @classmethod
    def _check_row(cls, name: str, info: ValidationInfo) -> str:
        extra: Any = cls.model_fields[str(info.field_name)].json_schema_extra
        if name not in extra["rows"]:
            raise ValueError("no such row")
        return name

    @field_validator("architecture", "reconstruction", "corruption")
    @classmethod
    def _check_kind(cls, value: str, info: ValidationInfo) -> str:
        spec = DATASETS.get(info.data.get("dataset", ""))
        choices = spec.kind.choices.get(str(info.field_name)) if spec else None
        if spec is not None and choices is not None and value not in choices:
            allowed = f"one of {', '.join(choices)} for the {spec.kind.many} of {spec.title}"
            raise PydanticCustomError("kind", "{allowed}", {"allowed": allowed})
        return value

    @field_validator("hidden", mode="before")
    @classmethod
    def _check_hidden(cls, text: Any, info: ValidationInfo) -> str:
        text = str(text).strip().lower()
        parse_hidden(text, info.data.get("architecture", "mlp"))
        return text

    @field_validator("sigma")
    @classmethod
    def _check_sigma(cls, value: Any) -> Any:
        if value != "auto" and not 0.001 <= value <= 10:
            raise ValueError("out of bounds")
        return value

    @property
    def traits(self) -> ModelTraits:
        """What the kind of model has."""
        return MODELS[self.model]

    @property
    def term(self) -> TermTraits:
        """What the reconstruction term has."""
        return TERMS[self.reconstruction]

    def variant(self, **changes: Any) -> RunConfig:
        """The same config with some fields changed, validated again."""
        return RunConfig.model_validate({**self.model_dump(), **changes})


def with_changes(base: RunConfig, given: dict[str, Any]) -> dict[str, Any]:
    """Values of a config with some changed, not validated yet; what follows from these follows them."""
    followers = {name: None for name, leaders in FOLLOWS.items() if given.keys() & set(leaders)}
    return {**base.model_dump(), **followers, **given}


def upgrade(values: dict[str, Any]) -> dict[str, Any]:
    """Fields as some version wrote them, in today's form. Version 1 had no `held_out`.

    Raises
    ------
    ValueError
        If the values come from a later version than this code knows.
    """
    version = str(values.get("version", VERSION))
    if version not in {str(number) for number in range(1, VERSION + 1)}:
        raise ValueError(f"version: {version[:20]!r} is not a version this VAE Lab knows (1 to {VERSION}).")
    added = {"held_out": 0} if version == "1" else {}
    return {**added, **values, "version": VERSION}


# Why a field may have no effect: field -> (test, reason).
_NEEDS: dict[str, tuple[Any, str]] = {
    "beta": (lambda c: c.traits.has_kl, "only {having_kl} has a KL term"),
    "beta_warmup": (lambda c: c.traits.has_kl, "only {having_kl} has a KL term"),
    "code_activation": (lambda c: not c.traits.is_stochastic, "{phrase}'s mean may be any number"),
    "activation": (lambda c: c.hidden != "none", "there is no hidden layer"),
    "sigma": (lambda c: c.term.has_sigma, "only mse has a Gaussian behind it"),
    "corruption_strength": (lambda c: c.corruption != "none", "nothing is corrupted"),
    "batch_size": (lambda c: c.optimizer != "gd", "gradient descent takes all images at once"),
}


def why_not_in_force(config: RunConfig, name: str) -> str | None:
    """Why the named field has no effect in this config, or None if it has one."""
    test, reason = _NEEDS.get(name, (None, ""))
    if test is None or test(config):
        return None
    return reason.format(having_kl=kinds_with("has_kl"), phrase=config.traits.phrase)

"""The recipe of a run: `RunConfig`, one flat list of fields, each described once.

A field's name is at the same time its Python attribute, its JSON key, its command-line flag, its
URL parameter and its widget key. Label, help, unit and bounds stand in the field alone;
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

from vaelab.config.defaults import DEFAULT_HIDDEN, FOLLOWS, default_learning_rate
from vaelab.config.hidden import parse_hidden
from vaelab.config.traits import MODELS, TERMS, ModelTraits, TermTraits
from vaelab.data import DATASETS, DatasetSpec

VERSION: Literal[2] = 2
"""Version of the field list; written into every `config.json` and every link."""


def _described(
    default: Any,
    label: str,
    help: str,
    *,
    unit: str = "",
    allowed: str = "",
    labels: dict[str, str] | None = None,
    rows: Mapping[str, ModelTraits | TermTraits | DatasetSpec] | None = None,
    ge: float | None = None,
    le: float | None = None,
) -> Any:
    """A pydantic field with its whole description, which `vaelab.config.fields.field_spec` reads.

    `rows` is the registry whose keys are the values of a choice, and which gives their labels.
    """
    words: dict[str, Any] = {"unit": unit, "allowed": allowed, "labels": labels or {}}
    extra = {**words, "rows": rows, "minimum": ge, "maximum": le}
    return Field(default, title=label, description=help, json_schema_extra=extra, ge=ge, le=le)


def _none_from_text(value: Any) -> Any:
    return None if isinstance(value, str) and value.strip().lower() in ("none", "") else value


OptionalNumber = Annotated[float | None, BeforeValidator(_none_from_text)]


class RunConfig(BaseModel):
    """All fields of a training run; immutable and complete.

    `RunConfig()` is the preset `vae-2d`. `hidden` and `learning_rate`, left out or None, follow the
    architecture and the optimizer. A field that is not in force (`beta` of an AE) is validated and kept,
    and has no effect: see `vaelab.config.in_force`.

    Raises
    ------
    pydantic.ValidationError
        On an unknown field or a value out of bounds; `problems` turns it into sentences.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    # fmt: off
    version: Literal[2] = Field(VERSION, title="Version", description="Version of the field list.")
    model: str = _described(
        "vae", "Model",
        "An autoencoder (AE) encodes each image as one point. A variational autoencoder (VAE) "
        "encodes it as a normal distribution and pulls that towards the prior.",
        rows=MODELS,
    )
    dataset: str = _described(
        "mnist", "Data set", "The images to learn. MNIST and Fashion-MNIST are bundled; the others "
        "are downloaded when first chosen.",
        rows=DATASETS,
    )
    train_size: int = _described(
        60_000, "Training images", "How many training images to use, drawn by the seed. A data set "
        "that has fewer gives all it has.", unit="images", ge=10, le=1_000_000,
    )
    held_out: int = _described(
        0, "Held-out images", "Training images that are set aside, the same for every seed, and evaluated "
        "after every epoch: to choose among settings without a look at the test images. At most half of all.",
        unit="images", ge=0, le=10_000,
    )
    latent_dim: int = _described(
        2, "Latent dimension", "How many numbers the code of an image has: the width of the "
        "bottleneck.", unit="numbers", ge=1, le=256,
    )
    epochs: int = _described(
        10, "Epochs", "How often training goes through all training images.",
        unit="epochs", ge=1, le=500,
    )
    architecture: Literal["mlp", "conv"] = _described(
        "mlp", "Architecture", "Fully connected layers, or convolutions with stride 2.",
        labels={"mlp": "Fully connected (mlp)", "conv": "Convolutional (conv)"},
    )
    hidden: str = _described(
        "512-256", "Hidden layers", "Widths of the encoder's hidden layers; the decoder mirrors them: "
        "400, or 512-256, or none. For conv the channels, then after a slash the widths of dense layers "
        "before the code, and after another those behind it: 32-64, 32-64/16 or 16-32/128/128.",
        allowed="up to 8 widths from 1 to 4096 joined by '-', such as 400 or 512-256, or none; for conv "
        "1 to 4 channel counts from 1 to 256 such as 32-64, then dense widths after '/', such as "
        "32-64/16 or 16-32/128/128",
    )
    activation: Literal["relu", "leaky_relu", "gelu", "tanh", "sigmoid"] = _described(
        "relu", "Activation", "The non-linearity after each hidden layer.",
        labels={"relu": "ReLU", "leaky_relu": "Leaky ReLU", "gelu": "GELU", "tanh": "tanh",
                "sigmoid": "sigmoid"},
    )
    code_activation: Literal["none", "relu"] = _described(
        "none", "Code activation", "A non-linearity on the code itself, as many tutorials have it.",
        labels={"none": "None", "relu": "ReLU"},
    )
    reconstruction: str = _described(
        "bce", "Reconstruction term", "Cross-entropy of each pixel, or the squared error as the "
        "negative log-density of a Gaussian.",
        rows=TERMS,
    )
    sigma: Literal["auto"] | float = _described(
        "auto", "Sigma", "Standard deviation of the Gaussian behind mse, for pixels from 0 to 1. "
        "'auto' matches it to the training error while training goes on (Rybkin et al. 2021).",
        allowed="'auto' or a number from 0.001 to 10",
    )
    corruption: Literal["none", "gaussian", "mask"] = _described(
        "none", "Corruption", "Spoils the input but not the target: a denoising autoencoder. "
        "Gaussian adds noise, mask blacks pixels out.",
        labels={"none": "None", "gaussian": "Gaussian noise", "mask": "Masked pixels"},
    )
    corruption_strength: float = _described(
        0.3, "Corruption strength", "Standard deviation of the noise, or the share of pixels that "
        "are masked.", ge=0, le=1,
    )
    beta: float = _described(
        1.0, "Beta", "Weight of the KL term. 1 is the VAE proper; more asks for codes nearer to "
        "the prior, at the price of reconstruction.", ge=0, le=1000,
    )
    beta_warmup: float = _described(
        0.0, "Beta warm-up", "Over how many epochs beta grows from 0 to its value.",
        unit="epochs", ge=0, le=500,
    )
    optimizer: Literal["gd", "sgd", "momentum", "rmsprop", "adam", "adamw"] = _described(
        "adam", "Optimizer", "How weights follow the gradient. Gradient descent (gd) takes one "
        "step an epoch, on all images at once.",
        labels={"gd": "Gradient descent, full batch", "sgd": "SGD", "momentum": "SGD, momentum 0.9",
                "rmsprop": "RMSprop", "adam": "Adam", "adamw": "AdamW"},
    )
    lr_schedule: Literal["constant", "one-cycle"] = _described(
        "one-cycle", "Learning rate schedule", "Constant, or rising over the first tenth of the "
        "steps and then falling to 0.",
        labels={"constant": "Constant", "one-cycle": "One cycle"},
    )
    learning_rate: float = _described(
        1e-2, "Learning rate", "Size of a step; the peak, for one-cycle. Every optimizer has its "
        "own default.", ge=1e-6, le=100,
    )
    batch_size: int = _described(
        256, "Batch size", "Images a step.", unit="images", ge=1, le=10_000,
    )
    stop_loss: OptionalNumber = _described(
        None, "Stop at loss", "Ends the run after the first epoch whose training objective is at "
        "or below this value. A density can make it negative.", unit="nats per image",
        allowed="'none' or a number from -100000 to 100000", ge=-100_000, le=100_000,
    )
    precision: Literal["auto", "fp32", "bf16"] = _described(
        "auto", "Precision", "bf16 computes matrix products with 8 significant bits: faster where "
        "the processor has units for it. 'auto' decides by the processor.",
        labels={"auto": "auto", "fp32": "fp32", "bf16": "bf16"},
    )
    seed: int = _described(
        0, "Seed", "Fixes every random number of the run: start, batches, noise.",
        ge=0, le=2_147_483_647,
    )

    # fmt: on

    @model_validator(mode="before")
    @classmethod
    def _fill_dependent_defaults(cls, values: Any) -> Any:
        if not isinstance(values, dict):
            return values
        filled = {name: value for name, value in values.items() if value is not None or name not in FOLLOWS}
        spec = DATASETS.get(str(filled.get("dataset")))
        for name, choices in spec.kind.choices.items() if spec else ():
            filled.setdefault(name, choices[0])
        architecture = str(filled.get("architecture"))
        filled.setdefault("hidden", DEFAULT_HIDDEN.get(architecture, DEFAULT_HIDDEN["mlp"]))
        leaders = (str(filled.get(name, cls.model_fields[name].default)) for name in FOLLOWS["learning_rate"])
        filled.setdefault("learning_rate", default_learning_rate(*leaders))
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
        """Traits of the kind of model."""
        return MODELS[self.model]

    @property
    def term(self) -> TermTraits:
        """Traits of the reconstruction term."""
        return TERMS[self.reconstruction]

    def variant(self, **changes: Any) -> RunConfig:
        """The same config with some fields changed, validated again."""
        return RunConfig.model_validate({**self.model_dump(), **changes})


def with_changes(base: RunConfig, changes: dict[str, Any]) -> dict[str, Any]:
    """Unvalidated values of a config with some changed; fields that follow a changed one become None."""
    followers = {name: None for name, leaders in FOLLOWS.items() if changes.keys() & set(leaders)}
    return {**base.model_dump(), **followers, **changes}


def upgrade(values: dict[str, Any]) -> dict[str, Any]:
    """The values of fields from any version in the form of the current one. Version 1 had no `held_out`.

    Raises
    ------
    ValueError
        If the values come from a version that this code does not know.
    """
    version = str(values.get("version", VERSION))
    if version not in {str(number) for number in range(1, VERSION + 1)}:
        raise ValueError(f"version: {version[:20]!r} is not a version this VAE Lab knows (1 to {VERSION}).")
    added = {"held_out": 0} if version == "1" else {}
    return {**added, **values, "version": VERSION}

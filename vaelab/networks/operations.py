"""The table of network operations: shapes, weights and code of each, one row per operation.

The row of the same name in `vaelab.models.operations` makes the PyTorch module, and the one in
`assets/components/lib/operations.js` computes the operation in the browser.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

TensorShape = tuple[int, ...]


@dataclass(frozen=True)
class Operation:
    """One row of the table. Its functions take the attributes of a layer as keyword arguments."""

    code: Callable[..., str]
    """The PyTorch module as an expression, for exported scripts, which do not import vaelab."""
    output_shape: Callable[..., TensorShape] = lambda shape, **_: shape
    """Shape of the output from that of the input, the first argument; both without the batch."""
    tensors: Callable[..., dict[str, TensorShape]] = lambda **_: {}
    """Shapes of the weights by name: `weight`, `bias` or both."""
    is_activation: bool = False


def _linear_code(inputs: int | str, outputs: int | str, parts: int = 1) -> str:
    return f"nn.Linear({inputs}, {outputs})"


def _linear_tensors(inputs: int, outputs: int, parts: int = 1) -> dict[str, TensorShape]:
    """One matrix holds `parts` heads of `outputs` numbers side by side."""
    return {"weight": (outputs * parts, inputs), "bias": (outputs * parts,)}


def _conv_code(inputs: int, outputs: int, stride: int) -> str:
    return f"nn.Conv2d({inputs}, {outputs}, 3{_stride(stride)}, padding=1)"


def _conv_transpose_code(inputs: int, outputs: int, stride: int, output_padding: tuple[int, int]) -> str:
    extra = f", output_padding={output_padding}" if any(output_padding) else ""
    return f"nn.ConvTranspose2d({inputs}, {outputs}, 3{_stride(stride)}, padding=1{extra})"


def _stride(stride: int) -> str:
    return f", stride={stride}" if stride > 1 else ""


def _conv_shape(shape: TensorShape, inputs: int, outputs: int, stride: int) -> TensorShape:
    return (outputs, *(-(-size // stride) for size in shape[1:]))


def _conv_transpose_shape(
    shape: TensorShape, inputs: int, outputs: int, stride: int, output_padding: tuple[int, int]
) -> TensorShape:
    grown = zip(shape[1:], output_padding, strict=True)
    return (outputs, *((size - 1) * stride + 1 + extra for size, extra in grown))


OPERATIONS: dict[str, Operation] = {
    "flatten": Operation(lambda: "nn.Flatten()", lambda shape: (math.prod(shape),)),
    "reshape": Operation(lambda shape: f"nn.Unflatten(1, {shape})", lambda _, shape: shape),
    "linear": Operation(
        _linear_code, lambda _, inputs, outputs, parts=1: (outputs * parts,), _linear_tensors
    ),
    "conv": Operation(
        _conv_code,
        _conv_shape,
        lambda inputs, outputs, stride: {"weight": (outputs, inputs, 3, 3), "bias": (outputs,)},
    ),
    "conv_transpose": Operation(
        _conv_transpose_code,
        _conv_transpose_shape,
        lambda inputs, outputs, **_: {"weight": (inputs, outputs, 3, 3), "bias": (outputs,)},
    ),
    "relu": Operation(lambda: "nn.ReLU()", is_activation=True),
    "leaky_relu": Operation(lambda: "nn.LeakyReLU(0.01)", is_activation=True),
    "gelu": Operation(lambda: "nn.GELU()", is_activation=True),
    "tanh": Operation(lambda: "nn.Tanh()", is_activation=True),
    "sigmoid": Operation(lambda: "nn.Sigmoid()", is_activation=True),
}

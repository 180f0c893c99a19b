"""The data sets: their contents, sizes and sources."""

import string
from dataclasses import dataclass

from vaelab.data.kinds.base import Kind
from vaelab.data.kinds.image import IMAGE


@dataclass(frozen=True)
class DatasetSpec:
    """The description of a data set, known without reading it."""

    name: str
    title: str
    kind: Kind
    shape: tuple[int, ...]
    """Shape of an example, with the axes of its kind."""
    classes: tuple[str, ...]
    """Names of the classes; a label is an index into them."""
    train_images: int
    test_images: int
    bundled: bool
    subject: str = ""
    """What its examples show, in everyday words; empty where its title says it."""
    authors: str = ""
    licence: str = ""
    source: str = ""
    torchvision: str = ""
    """Start of the call with which torchvision opens it, for a listing; empty if torchvision lacks it."""
    torchvision_axes: tuple[str, str] = ("", "")
    """How torchvision's axes differ from these, in words and as the code that corrects them."""
    sha256: str = ""
    """Checksum of the bundled file."""

    @property
    def label(self) -> str:
        """The name in forms and tables: the title."""
        return self.title


_ALL = (
    DatasetSpec(
        "mnist", "MNIST", IMAGE, (1, 28, 28), tuple(string.digits), 60_000, 10_000, bundled=True,
        subject="handwriting",
        authors="Yann LeCun, Corinna Cortes, Christopher Burges", licence="CC BY-SA 3.0",
        source="http://yann.lecun.com/exdb/mnist/", torchvision="MNIST(",
        sha256="06af5dfe73b70e3bc1c36439982b18a8d76803db9b544f6fdf838a37fbb01b64",
    ),
    DatasetSpec(
        "fashion-mnist", "Fashion-MNIST", IMAGE, (1, 28, 28),
        ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
         "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"), 60_000, 10_000, bundled=True,
        subject="clothes", authors="Zalando SE (Han Xiao, Kashif Rasul, Roland Vollgraf)", licence="MIT",
        source="https://github.com/zalandoresearch/fashion-mnist", torchvision="FashionMNIST(",
        sha256="5b6d2c4c694a91887af8ab7d039c04f80af3c29378d731c93a538d2e831aa469",
    ),
    DatasetSpec(
        "kmnist", "KMNIST", IMAGE, (1, 28, 28),
        ("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"), 60_000, 10_000, bundled=False,
        subject="Japanese handwriting",
        authors="ROIS-DS Center for Open Data in the Humanities (Tarin Clanuwat, Mikel Bober-Irizar, "
        "Asanobu Kitamoto, Alex Lamb, Kazuaki Yamamoto, David Ha)", licence="CC BY-SA 4.0",
        source="http://codh.rois.ac.jp/kmnist/", torchvision="KMNIST(",
    ),
    DatasetSpec(
        "emnist-letters", "EMNIST letters", IMAGE, (1, 28, 28), tuple(string.ascii_lowercase),
        124_800, 20_800, bundled=False, subject="handwritten letters",
        authors="Gregory Cohen, Saeed Afshar, Jonathan Tapson, André van Schaik",
        licence="none stated; made from NIST Special Database 19",
        source="https://www.nist.gov/itl/products-and-services/emnist-dataset",
        torchvision='EMNIST(split="letters", ',
        torchvision_axes=("rows and columns come exchanged", ".swapaxes(1, 2)"),
    ),
    DatasetSpec(
        "cifar10", "CIFAR-10", IMAGE, (3, 32, 32),
        ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"),
        50_000, 10_000, bundled=False, subject="small photographs",
        authors="Alex Krizhevsky, Vinod Nair, Geoffrey Hinton", licence="none stated",
        source="https://www.cs.toronto.edu/~kriz/cifar.html", torchvision="CIFAR10(",
        torchvision_axes=("channels come last", ".transpose(0, 3, 1, 2)"),
    ),
)  # fmt: skip

DATASETS: dict[str, DatasetSpec] = {spec.name: spec for spec in _ALL}

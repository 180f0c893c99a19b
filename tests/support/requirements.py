"""What requirements.txt lists."""

from __future__ import annotations

import re

from vaelab.paths import PROJECT


def listed(section: str) -> set[str]:
    """Names of the packages below the comment `# section` of requirements.txt, up to the next empty line."""
    lines = (
        (PROJECT / "requirements.txt").read_text().split(f"# {section}\n")[1].split("\n\n")[0].splitlines()
    )
    return {re.match(r"[\w.-]+", line).group() for line in lines}

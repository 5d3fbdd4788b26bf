# SPDX-License-Identifier: AGPL-3.0-only
"""What dividing grain needs from the directory of an instance.

    data/ledger.json                    who is active, who got what
    config/grain.json                   by which rules
    config/currencyDetails.json         what is paid out in, if anything
    output/credGrainView                the scores that SourceCred wrote, if they are kept

Without scores in the directory they are computed from its graphs, which is left to the caller.
"""

from pathlib import Path

from millpond.core.errors import ConfigFileError
from millpond.core.grain import Cred, GrainConfig, read_config
from millpond.sources.cred_files import read_cred

_CONFIG = Path("config", "grain.json")
_CURRENCY = Path("config", "currencyDetails.json")
_KEPT = tuple(Path("output", f"credGrainView{end}") for end in ("", ".json", ".json.gzip"))


def read_grain_config(directory: Path) -> GrainConfig:
    """The rules of an instance; `ConfigFileError` if it has none."""
    config = _bytes(directory, _CONFIG)
    if config is None:
        raise ConfigFileError(
            "there is no such file in the directory",
            'write it: {"allocationPolicies": [...]} with a budget for each policy',
            str(_CONFIG),
        )
    return read_config(config, str(_CONFIG), _bytes(directory, _CURRENCY), str(_CURRENCY))


def kept_cred(directory: Path) -> tuple[str, Cred] | None:
    """The scores that the directory holds, with the name of their file; None if it has none."""
    found = next((name for name in _KEPT if (directory / name).is_file()), None)
    return None if found is None else (str(found), read_cred(directory / found, str(found)))


def _bytes(directory: Path, name: Path) -> bytes | None:
    try:
        return (directory / name).read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ConfigFileError(
            f"it cannot be read ({type(error).__name__})", "look at its permissions", str(name)
        ) from None

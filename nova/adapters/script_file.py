"""A scripted model from a file, for demos and tests without a key: what it answers, and how long it takes."""

import asyncio
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from nova.adapters.scripted_model import Line, ScriptedModel, ScriptedReply
from nova.contracts import Cost
from nova.errors import SettingsError

FIX = "write version: 1 and lines:, each with text: and, where it fits, when: (a pattern)"


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class _Line(_Section):
    text: str
    when: str = ""
    tokens: Annotated[int, Field(ge=0)] = 0
    micros: Annotated[int, Field(ge=0)] = 0
    refuses: bool = False


class _Script(_Section):
    version: Annotated[int, Field(ge=1, le=1)] = 1
    seconds: Annotated[float, Field(ge=0)] = 0.0  # what every reply takes
    lines: tuple[_Line, ...]


@dataclass(frozen=True, slots=True)
class PacedModel:
    """A scripted model that takes its time."""

    script: ScriptedModel
    seconds: float

    async def ask(self, system: str, prompt: str, *, schema: Mapping[str, object] | None = None) -> ScriptedReply:
        """Answer from the script, after a while."""
        await asyncio.sleep(self.seconds)
        return await self.script.ask(system, prompt, schema=schema)


def scripted_model(path: Path) -> PacedModel:
    """Return the model that a file scripts; raise SettingsError for a file that scripts none."""
    try:
        script = _Script.model_validate_json(json.dumps(yaml.safe_load(path.read_text(encoding="utf-8"))))
        for line in script.lines:
            re.compile(line.when)
    except (OSError, UnicodeError) as error:
        raise SettingsError("the script cannot be read", where=str(path), why=str(error), fix="name a file") from error
    except (yaml.YAMLError, TypeError, re.error) as error:
        raise SettingsError("the script is no script", where=str(path), why=str(error), fix=FIX) from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        why = f"{'.'.join(str(step) for step in first['loc'])}: {first['msg']}"
        raise SettingsError("the script is no script", where=str(path), why=why, fix=FIX) from error
    lines = [Line(one.text, one.when, Cost(tokens=one.tokens, micros=one.micros), one.refuses) for one in script.lines]
    return PacedModel(ScriptedModel.of(lines), script.seconds)

"""Write proposals to a folder, each as a diff and its text, to be judged by reading."""

from collections.abc import Iterable
from pathlib import Path

from improver.errors import EnvironmentUnfit
from improver.records import Draft


def export(folder: Path, drafts: Iterable[Draft]) -> list[Path]:
    """Write `<id>.diff` and `<id>.md` for each draft; return what was written."""
    written = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for draft in drafts:
            for suffix, text in ((".diff", draft.diff), (".md", draft.text)):
                path = folder / f"{draft.id}{suffix}"
                path.write_bytes(text.encode("utf-8", "surrogateescape"))
                written.append(path)
    except OSError as error:
        fix = "name a folder that can be written"
        raise EnvironmentUnfit("the export cannot be written", where=str(folder), why=str(error), fix=fix) from error
    return written

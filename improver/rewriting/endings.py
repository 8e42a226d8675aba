"""How the functions of a product end that give nothing back."""

import ast
from collections.abc import Iterable

from improver.names import own
from improver.source import Function, Source


def end_in_return(sources: Iterable[Source]) -> bool:
    """Tell whether half of the functions that give nothing back, or more, end in a bare `return`: they mean it so."""
    silent = [node for source in sources for node in source.functions if not _gives(node)]
    bare = [node for node in silent if isinstance(node.body[-1], ast.Return)]
    return len(bare) * 2 >= len(silent) > 1


def _gives(node: Function) -> bool:
    return any(isinstance(one, ast.Return) and one.value is not None for one in own(node))

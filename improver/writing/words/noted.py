"""Words for a test that looks at what a callback was handed: wrap_calls_hook_for_set (pure)."""

import ast

from improver.experiments import Case
from improver.verify.noting import NOTES, START, noter
from improver.writing.pieces import expression, is_literal, slug, statements

MOST = 3  # texts that stand in a name
DONE = {ast.Delete: "delete", ast.Assign: "set"}


def noted(case: Case) -> str:
    """Return what a test says of a callback that takes notes, "" where it does not look at them first."""
    kind, subject, wanted = case.checks[0]
    if START not in case.setup or kind != "eq" or (case.call if subject == "result" else subject) != NOTES:
        return ""
    name = slug(next(filter(None, map(noter, (*case.setup, case.call))), ""))
    if not name or not is_literal(wanted):
        return f"calls_{name}" if name else ""
    notes = ast.literal_eval(wanted)
    if not notes:
        return "_at_".join(filter(None, (f"does_not_call_{name}", _use(case))))
    firsts = [one[0] if isinstance(one, tuple) and one else one for one in notes]
    texts = list(dict.fromkeys(slug(one) for one in firsts if isinstance(one, str)))
    said = "_".join(texts) if len(texts) <= MOST and all(one.isidentifier() for one in texts) else ""
    return "_for_".join(filter(None, (f"calls_{name}", said)))


def _use(case: Case) -> str:
    """Return the word for what is done last before one looks."""
    last = statements(case.setup[-1])[0] if case.call == NOTES else ast.Expr(expression(case.call))
    made = getattr(last, "value", None)
    made = made.func if isinstance(made, ast.Call) else made
    return DONE.get(type(last), slug(made.attr) if isinstance(made, ast.Attribute) else "")

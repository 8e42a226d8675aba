"""Objects of the standard library that functions are often given: moments, spans, numbers, patterns, files (pure)."""

from collections.abc import Mapping

MOMENT, DAY, HOUR = "datetime(2020, 1, 2, 3, 4, 5)", "date(2020, 1, 2)", "time(3, 4, 5)"
AWARE, ZONES = "datetime(2020, 1, 2, tzinfo=timezone.utc)", ("timezone.utc", "timezone(timedelta(hours=1))")
SPANS = ("timedelta(days=1, seconds=2)", "timedelta(0)")
TEXT_FILE, BINARY_FILE = "io.StringIO('1\\n2\\n')", "io.BytesIO(b'1\\n2\\n')"
OF_TYPE: Mapping[str, tuple[str, ...]] = {  # by the last name of an annotation
    "datetime": (MOMENT, AWARE),
    "date": (DAY, MOMENT),
    "time": (HOUR,),
    "timedelta": SPANS,
    **dict.fromkeys(("tzinfo", "timezone"), ZONES),
    "Decimal": ("Decimal('1.5')", "Decimal(0)"),
    "Fraction": ("Fraction(1, 2)",),
    "UUID": ("UUID(int=1)",),
    "Pattern": ("re.compile('a')", "re.compile('b+')"),
    **dict.fromkeys(("TextIO", "StringIO"), (TEXT_FILE,)),
    **dict.fromkeys(("BinaryIO", "BytesIO"), (BINARY_FILE,)),
}
BY_NAME: Mapping[str, tuple[str, ...]] = {  # of a parameter that no annotation speaks of
    **dict.fromkeys(("dt", "datetime", "dtime", "moment"), (MOMENT, AWARE)),
    **dict.fromkeys(("date", "when", "day"), (MOMENT, DAY, AWARE)),
    **dict.fromkeys(("td", "delta", "timedelta", "interval", "duration"), SPANS),
    **dict.fromkeys(("tz", "tzinfo", "timezone"), ZONES),
    **dict.fromkeys(("fp", "fileobj", "file_obj", "file_object", "stream", "fh"), (TEXT_FILE, BINARY_FILE)),
}
IMPORTS: Mapping[str, tuple[str, str]] = {
    **{name: ("datetime", name) for name in ("datetime", "date", "time", "timedelta", "timezone")},
    **{name: (name, "") for name in ("re", "io")},
    "Decimal": ("decimal", "Decimal"),
    "Fraction": ("fractions", "Fraction"),
    "UUID": ("uuid", "UUID"),
}

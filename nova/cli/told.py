"""Times, sums and long texts as a line shows them."""

from datetime import UTC, datetime

MICROS = 1_000_000  # millionths in one of the currency


def short(text: str, width: int) -> str:
    """Return a text on one line of at most `width` characters, without what would steer a terminal."""
    flat = "".join(sign if sign.isprintable() else "�" for sign in " ".join(text.split()))
    return flat if len(flat) <= width else f"{flat[: width - 1]}…"


def clock(at: float) -> str:
    """Return a time (seconds since the epoch) to the minute, in UTC."""
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M}Z"


def money(micros: int) -> str:
    """Return millionths of the currency as an amount."""
    return f"${micros / MICROS:.4f}" if micros else "$0"

"""One purse for a whole run: reserved before each call, settled after."""

from dataclasses import dataclass

from nova.contracts import Budget, Cost
from nova.errors import BudgetExceeded


@dataclass(slots=True)
class Purse:
    """What a run may still spend. Reservations of parallel calls count at once, so that they cannot overdraw it."""

    tokens: int
    micros: int
    seconds: float
    hops: int

    @classmethod
    def of(cls, budget: Budget) -> "Purse":
        """Return a full purse."""
        return cls(budget.tokens, budget.micros, budget.seconds, budget.hops)

    def left(self) -> Budget:
        """Return what is left, as a record."""
        return Budget(tokens=self.tokens, micros=self.micros, seconds=self.seconds, hops=self.hops)

    def reserve(self, cost: Cost) -> None:
        """Take `cost` out before the call; raise BudgetExceeded, and take nothing, if there is not that much."""
        for name, wanted, left in (
            ("tokens", cost.tokens, self.tokens),
            ("micros", cost.micros, self.micros),
        ):
            if wanted > left:
                raise BudgetExceeded(
                    f"the run's budget has {max(left, 0)} {name} left, and this call may need {wanted}",
                    fix="give the run more, or ask for less",
                )
        self.tokens -= cost.tokens
        self.micros -= cost.micros

    def settle(self, reserved: Cost, actual: Cost) -> None:
        """Put the reservation back and take what the call really cost."""
        self.tokens += reserved.tokens - actual.tokens
        self.micros += reserved.micros - actual.micros

    def hop(self) -> bool:
        """Take one hop; False if there is none left."""
        if self.hops <= 0:
            return False
        self.hops -= 1
        return True

    def reserve_seconds(self, most: float) -> float:
        """Take at most so many seconds out before a body is called; return how many, 0 where none are left."""
        reserved = max(min(most, self.seconds), 0.0)
        self.seconds -= reserved
        return reserved

    def settle_seconds(self, reserved: float, took: float) -> None:
        """Put reserved seconds back and take what the body really took."""
        self.seconds += reserved - took

"""How much anybody may grant alone, and when a second person must agree. Amounts in minor units (fen, cents)."""

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation

CURRENCIES = {"CNY": 2, "HKD": 2, "USD": 2, "EUR": 2, "GBP": 2, "AUD": 2, "JPY": 0}
PRICED = frozenset({"money", "fee_refund", "gift"})  # what costs money; an apology or a correction does not
SHIPPED: Mapping[str, int] = {
    "agent": 20_000, "owner": 20_000, "supervisor": 200_000, "consumer_protection": 5_000_000,
}  # fmt: skip
"""Limits as shipped, in minor units of CNY, until the bank sets its own. Other currencies have none as shipped."""
LIMITED = tuple(SHIPPED)
LARGEST = 100_000_000_000
OPEN = ("waiting", "ready", "returned", "offered", "accepted")


def limit_of(roles: Iterable[str], limits: Mapping[str, int]) -> int:
    """The highest limit that any of these roles has."""
    return max((limits.get(role, 0) for role in roles), default=0)


def needs_second(amount: int, roles: Iterable[str], limits: Mapping[str, int]) -> bool:
    return amount > limit_of(roles, limits)


def minor(text: str, currency: str, largest: int = LARGEST) -> int:
    """An amount as written, in minor units; ValueError if it is none, is negative, or is finer than the currency."""
    if currency not in CURRENCIES:
        raise ValueError(currency)
    try:
        value = Decimal(text.replace(",", "").strip() or "0").scaleb(CURRENCIES[currency])
    except InvalidOperation as wrong:
        raise ValueError(text) from wrong
    if not value.is_finite() or value != value.to_integral_value() or not 0 <= value <= largest:
        raise ValueError(text)
    return int(value)


def written(amount: int, currency: str) -> str:
    """1234567 CNY -> 12,345.67 CNY."""
    places = CURRENCIES.get(currency, 2)
    return f"{Decimal(amount).scaleb(-places):,.{places}f} {currency}"


def fits(kind: str, amount: int) -> bool:
    """Money has an amount, an apology or a correction has none."""
    return amount > 0 if kind in PRICED else amount == 0

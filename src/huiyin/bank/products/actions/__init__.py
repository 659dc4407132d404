"""Put products on the list and take them off; take them from a sheet."""

from huiyin.bank.products.actions.catalogue import (
    NewProduct,
    UnknownProduct,
    WrongProduct,
    add_many,
    add_product,
    withdraw_product,
)
from huiyin.bank.products.actions.sheet import take_products

__all__ = [
    "NewProduct",
    "UnknownProduct",
    "WrongProduct",
    "add_many",
    "add_product",
    "take_products",
    "withdraw_product",
]

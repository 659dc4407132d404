"""What a sink takes: a mapping that a bank wrote itself is compared with it before a single row is read."""

from collections.abc import Mapping as Dict
from dataclasses import dataclass, field

from huiyin.kernel.fact import is_code
from huiyin.platform.imports.rules.mapping import Broken, Mapping, Shape

TEXTS = frozenset({"text", "code", "choice", "int"})
CHOSEN = frozenset({"choice"})


@dataclass(frozen=True)
class Fields:
    """`kinds`: what each field may be read as; `words`: the codes that a choice may become; `required`: fields that every
    shape fills, by a required column or a constant; `codes`: fields whose constant the ledger takes as a code."""

    sink: str
    kinds: Dict[str, frozenset[str]]
    required: tuple[str, ...] = ()
    words: Dict[str, frozenset[str]] = field(default_factory=dict)
    codes: tuple[str, ...] = ()


def fields_of(mapping: Mapping) -> Fields:
    """What the sink of a mapping takes, by that mapping: for others that a bank writes beside it."""
    columns = [column for shape in mapping.shapes for column in shape.columns]
    alike = (TEXTS, frozenset({"date", "datetime"}), frozenset({"choice", "listed"}))
    return Fields(
        sink=mapping.sink,
        kinds={c.to: frozenset({c.kind}).union(*(group for group in alike if c.kind in group)) for c in columns},
        required=tuple(c.to for c in columns if c.required),
        words={c.to: frozenset(c.becomes) for c in columns if c.kind == "choice"},
    )


def suits(mapping: Mapping, fields: Fields) -> None:
    """Raises Broken with the first thing that cannot be."""
    if mapping.sink != fields.sink:
        raise Broken(f'sink 应为 "{fields.sink}"', f'sink must be "{fields.sink}"')
    for shape in mapping.shapes:
        for column in shape.columns:
            _known(column.to, fields)
            if column.kind not in fields.kinds[column.to]:
                kinds = " / ".join(sorted(fields.kinds[column.to]))
                raise Broken(f"列 {column.to}：kind 应为 {kinds}", f"column {column.to}: kind must be {kinds}")
            _one_of(column.to, column.becomes, fields)
        for name, value in shape.constant.items():
            _known(name, fields)
            _one_of(name, (str(value),), fields)
            if name in fields.codes and not (isinstance(value, str) and is_code(value)):
                raise Broken(
                    f"常量 {name} 只能用英文字母、数字和 - . _ /",
                    f"constant {name}: only letters, digits and - . _ / of ASCII",
                )
        _filled(shape, fields)


def _known(name: str, fields: Fields) -> None:
    if name not in fields.kinds:
        known = ", ".join(sorted(fields.kinds))
        raise Broken(f"没有字段 {name}；可用：{known}", f"there is no field {name}; there are: {known}")


def _one_of(name: str, values: tuple[str, ...], fields: Fields) -> None:
    known = fields.words.get(name)
    wrong = [value for value in values if known is not None and value not in known]
    if known is not None and wrong:
        offered = ", ".join(sorted(known))
        raise Broken(f"{name} 不能是 {wrong[0]}；可用：{offered}", f"{name} cannot be {wrong[0]}; it may be: {offered}")


def _filled(shape: Shape, fields: Fields) -> None:
    filled = {column.to for column in shape.columns if column.required} | set(shape.constant)
    for name in fields.required:
        if name not in filled:
            raise Broken(
                f"缺少字段 {name}：请设为必填列（required = true）或常量",
                f"field {name} is missing: it needs a column with required = true, or a constant",
            )

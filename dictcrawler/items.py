"""Lookups as Scrapy items, for ``-o file``, exporters and other people's pipelines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from itemadapter import ItemAdapter
from itemadapter.adapter import AdapterInterface

from dictcrawler.model import Record


class RecordAdapter(AdapterInterface):
    """Adapts the records of the feed; optional fields that are not set are absent, as in the feed."""

    item: Record

    @classmethod
    def is_item_class(cls, item_class: type) -> bool:
        """Every class of the model."""
        return issubclass(item_class, Record)

    def __getitem__(self, field_name: str) -> Any:  # noqa: ANN401 - the interface is itemadapter's
        if field_name not in self._names():
            raise KeyError(field_name)
        return getattr(self.item, field_name)

    def __setitem__(self, field_name: str, value: Any) -> None:  # noqa: ANN401 - the interface is itemadapter's
        raise TypeError(f"{type(self.item).__name__} is frozen; use msgspec.structs.replace")

    def __delitem__(self, field_name: str) -> None:
        raise TypeError(f"{type(self.item).__name__} is frozen; use msgspec.structs.replace")

    def __iter__(self) -> Iterator[str]:
        return iter(self._names())

    def __len__(self) -> int:
        return len(self._names())

    def _names(self) -> list[str]:
        return [name for name in self.item.__struct_fields__ if getattr(self.item, name) is not None]


def register() -> None:
    """Register our records with itemadapter; calling it again has no effect."""
    if RecordAdapter not in ItemAdapter.ADAPTER_CLASSES:
        ItemAdapter.ADAPTER_CLASSES = (RecordAdapter, *ItemAdapter.ADAPTER_CLASSES)

"""Defining parameters in tests, as the vendor of the cast."""

from customers.models import Event
from tierconfig.models import Parameter
from tierconfig.services.definitions import dependencies, shape
from tierconfig.services.definitions import parameters as services

CHOICES = [{"value": "a", "label": "Alpha"}, {"value": "b", "label": "Beta"}]


def add(cast, name="region", **changes):
    fields = {"title": "Region", "type": "text", "phase": "ordering", "scope": "tier1"} | changes
    return services.add_parameter(cast.product, actor=cast.actor("vendor"), name=name, **fields)


def change(cast, row, **changes):
    row = Parameter.objects.get(pk=row.pk)
    names = ("title", "description", "hint", "placeholder", *shape.FLAGS, "constraints")
    values = {name: getattr(row, name) for name in names} | changes
    return services.change_parameter(row, actor=cast.actor("vendor"), **values)


def wrong(error):
    return {name: texts[0] for name, texts in error.value.message_dict.items()}


def events(product):
    return list(Event.objects.about(product).order_by("at").values_list("verb", "data"))


def depend(cast, row, on, values=("a",), **flags):
    return dependencies.set_dependency(
        Parameter.objects.get(pk=row.pk),
        actor=cast.actor("vendor"),
        on=on,
        values=values,
        flags=flags or {"hidden": True},
    )

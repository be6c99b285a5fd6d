"""How mails look: what a reader copies stays in one piece."""

import pytest
from django.template.loader import render_to_string

from customers.actors import Actor
from customers.events import record
from customers.imports import services
from customers.models import Job
from resellerportal.notifications import finished
from resellerportal.templatetags.portal import unbroken


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("order of <b> (PR-1234-5678-9012-001)", "order of &lt;b&gt; ({PR-1234-5678-9012-001})"),
        ("Acme (TA-1234-5678-9012), AS-1", "Acme ({TA-1234-5678-9012}), AS-1"),
        ("2026-07-01 12:30 CEST", "{2026-07-01 12:30 CEST}"),
        ("TA-" + "-".join(["123456789"] * 90), "TA-" + "-".join(["123456789"] * 90)),
    ],
)
def test_ids_and_moments_are_not_broken_and_everything_is_escaped(text, shown):
    shown = shown.replace("{", '<span class="whole">').replace("}", "</span>")
    assert unbroken(text) == shown


def test_the_facts_of_a_mail_keep_ids_whole():
    html = render_to_string("emails/_facts.html", {"facts": [("Key", "SU-205-118-901")]})
    assert '<td><span class="whole">SU-205-118-901</span></td>' in html


@pytest.mark.django_db
def test_the_mail_about_an_import_names_the_file_and_its_id_once(cast):
    batch = services.upload(
        actor=cast.actor("distributor"),
        provider=cast.partners["distributor"],
        name="bremen.csv",
        content=b"Company\nAcme\n",
    )
    job = Job.objects.create(
        kind="imports.apply",
        user=cast.users["distributor"],
        partner=cast.partners["distributor"],
        role="distributor",
        args={"batch": batch.pk},
    )
    (letter,) = finished.letters(record("job.end", job, actor=Actor.system()))
    assert letter.subject.endswith(f": bremen.csv ({batch.pk})")

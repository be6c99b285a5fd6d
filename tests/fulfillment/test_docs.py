from django.core.management import call_command

from fulfillment.management.commands.write_docs import diagram
from tierconfig.models import TierConfigRequest


def test_the_generated_documents_say_what_the_code_says():
    call_command("write_docs", "--check")


def test_a_diagram_names_every_step_with_who_may_take_it():
    drawn = diagram(TierConfigRequest)
    assert "pending --> approved: approve (vendor)" in drawn
    assert "tiers_setup --> failed: cascade (platform)" in drawn
    assert "inquiring --> failed: fail (vendor, distributor)" in drawn

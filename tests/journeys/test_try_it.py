"""Both stories, click by click as the README tells them."""

import pytest

from tests.journeys import tryit


@pytest.mark.parametrize("title", list(tryit.stories()))
def test_the_readme_works_click_by_click(title, portal, page, shoot):
    tryit.Visitor(page, portal, shoot).do(tryit.stories()[title])


def test_a_marked_word_that_is_no_step_is_refused():
    with pytest.raises(AssertionError, match="no step for"):
        tryit.read("1. Marvel at **the picture**.")

"""Jobs run once, for who asked, with the rights of now; a dead worker's job is begun again."""

import threading
import time
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from customers import jobs
from customers.actors import Actor
from customers.models import Job


@pytest.fixture
def work(monkeypatch):
    """Lets a test say what a job of kind "work" does."""
    monkeypatch.setattr(jobs, "_functions", {})
    return jobs.register("work")


def ask(actor=None, **args):
    return jobs.enqueue("work", actor=actor or Actor.system(), args=args)


def fresh(job):
    return Job.objects.get(pk=job.pk)


@pytest.mark.django_db
class TestRunning:
    def test_its_function_gets_the_input_and_its_result_and_progress_are_kept(self, work):
        @work
        def add(job, actor, progress):
            progress.at("adding", 2, 2)
            return {"sum": sum(job.args["numbers"])}

        job = ask(numbers=[2, 3])
        assert jobs.run_pending() == 1
        job = fresh(job)
        assert (job.ended, job.failed, job.result) == (True, False, {"sum": 5})
        assert (job.phase, job.done, job.total) == ("adding", 2, 2)
        assert jobs.run_pending() == 0

    def test_a_refusal_is_what_its_asker_reads_and_is_not_tried_again(self, work):
        @work
        def refuse(job, actor, progress):
            raise ValidationError("The file is empty.")

        job = ask()
        jobs.run_pending()
        assert (fresh(job).error, fresh(job).attempts) == ("The file is empty.", 1)

    def test_an_error_of_ours_is_tried_three_times_and_told_without_its_text(self, work):
        calls = []

        @work
        def break_down(job, actor, progress):
            calls.append(job.pk)
            raise RuntimeError("secret detail")

        job = ask()
        for _attempt in range(4):
            Job.objects.update(due_at=timezone.now())
            jobs.run_pending()
        assert len(calls) == 3
        assert fresh(job).ended
        assert "try again" in fresh(job).error
        assert "secret" not in fresh(job).error

    def test_it_acts_with_the_rights_its_asker_has_when_it_runs(self, work, cast):
        seen = []
        work(lambda job, actor, progress: seen.append(actor.level) or {})
        ask(cast.actor("distributor"))
        later = ask(cast.actor("reseller"))
        cast.users["distributor"].memberships.update(level="viewer")
        cast.users["reseller"].memberships.update(active=False)
        jobs.run_pending(2)
        assert seen == ["viewer"]
        assert "no longer act" in fresh(later).error

    def test_an_unknown_kind_is_refused_when_asked_for(self, work):
        with pytest.raises(LookupError):
            jobs.enqueue("work", actor=Actor.system())


@pytest.mark.django_db
class TestClaims:
    def test_what_another_worker_runs_is_left_to_it_until_its_claim_runs_out(self, work):
        work(lambda job, actor, progress: {"ran": True})
        job = ask()
        soon = timezone.now() + timedelta(minutes=1)
        Job.objects.update(claimed_by="other", claimed_until=soon, attempts=1)
        assert jobs.run_pending() == 0
        Job.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
        assert jobs.run_pending() == 1
        assert fresh(job).result == {"ran": True}

    def test_a_job_that_takes_its_worker_down_each_time_is_given_up(self, work):
        work(lambda job, actor, progress: {"ran": True})
        job = ask()
        Job.objects.update(claimed_until=timezone.now() - timedelta(seconds=1), attempts=3)
        assert jobs.run_pending() == 0
        assert fresh(job).failed

    def test_a_worker_that_lost_its_claim_writes_no_result(self, work):
        @work
        def slow(job, actor, progress):
            Job.objects.update(claimed_by="other")
            return {"ran": "twice"}

        job = ask()
        jobs.run_pending()
        assert (fresh(job).ended, fresh(job).result) == (False, {})


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
class TestBesideOthers:
    def test_progress_shows_while_the_work_itself_is_still_uncommitted(self, work, monkeypatch):
        monkeypatch.setattr(jobs, "BEAT", 0.05)
        seen = []

        @work
        def long(job, actor, progress):
            progress.at("writing", 3, 9)
            for _look in range(100):
                seen.append(fresh(job).done)
                if seen[-1] == 3:
                    break
                time.sleep(0.05)
            return {}

        job = ask()
        jobs.run_pending(beat=True)
        assert seen[-1] == 3
        assert fresh(job).ended

    def test_several_workers_run_each_job_once(self, work):
        ran = []
        work(lambda job, actor, progress: ran.append(job.args["n"]) or {})
        for number in range(12):
            ask(n=number)

        def worker():
            try:
                while jobs.run_pending():
                    pass
            finally:
                connection.close()

        threads = [threading.Thread(target=worker) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        assert sorted(ran) == list(range(12))

"""Procrastinate's jobs, which only the worker that runs them can end."""

from __future__ import annotations

from procrastinate import jobs, manager

_FINISH = """
WITH ours AS (
    SELECT id FROM procrastinate_jobs
    WHERE id = %(job_id)s AND status = 'doing' AND worker_id = %(worker_id)s AND attempts = %(attempts)s FOR UPDATE
)
SELECT procrastinate_finish_job_v1(id, %(status)s, %(delete_job)s) FROM ours
"""


class OwnJobs(manager.JobManager):
    """Ends a job only if no other worker has taken it over.

    Procrastinate 3.10.0, ``procrastinate_finish_job_v1``, checks only the job's number: a worker that returns
    after it was considered dead would end the job that another one runs, and free its lock.
    """

    async def finish_job(self, job: jobs.Job, status: jobs.Status, delete_job: bool) -> None:  # noqa: FBT001 - procrastinate's
        """End a job; does nothing when another worker has it."""
        await self.connector.execute_query_async(
            query=_FINISH,
            job_id=job.id,
            worker_id=job.worker_id,
            attempts=job.attempts,
            status=status.value,
            delete_job=delete_job,
        )

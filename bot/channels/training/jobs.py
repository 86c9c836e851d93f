"""Jobs that run beside serving, their logs, and the reports that they leave."""

from __future__ import annotations

import asyncio

from aiohttp import web

from bot.channels.reading import json_object, words
from bot.channels.training.base import BASE, TrainingChannel
from bot.desk.inbox.service import limit_of
from bot.errors import BadRequest
from bot.training.jobs.model import About, checked_kind

_ID_LIMIT = 80
#: a place in a file
_PLACE_DIGITS = 12


class JobsChannel(TrainingChannel):
    """Training, evaluating, comparing."""

    def add_routes(self, router: web.UrlDispatcher) -> None:
        router.add_get(BASE + "/jobs", self.jobs)
        router.add_post(BASE + "/jobs", self.ask)
        router.add_get(BASE + "/jobs/{id}", self.job)
        router.add_get(BASE + "/jobs/{id}/log", self.log)
        router.add_post(BASE + "/jobs/{id}/cancel", self.cancel)
        router.add_get(BASE + "/reports", self.reports)
        router.add_get(BASE + "/reports/{id}", self.report)

    async def jobs(self, request: web.Request) -> web.Response:
        """Jobs, newest first."""
        await self._trainer(request)
        query = request.query
        kind = checked_kind(query["kind"]) if query.get("kind") else None
        found, more = await self._workbench.jobs.newest(limit_of(query.get("limit")), query.get("after"), kind)
        return web.json_response({"jobs": [job.as_json() for job in found], "next": more})

    async def ask(self, request: web.Request) -> web.Response:
        """Start training, evaluating, the conversation tests, the gate, or looking for findings."""
        user = await self._trainer(request)
        body = await json_object(request)
        promote = body.get("promote", False)
        if not isinstance(promote, bool):
            raise BadRequest("promote is true or false.")
        about = About(
            proposal=words(body.get("proposal"), "proposal", _ID_LIMIT),
            model=words(body.get("model"), "model", _ID_LIMIT),
            promote=promote,
        )
        job = await self._workbench.jobs.ask(user, checked_kind(body.get("kind")), about)
        return web.json_response(job.as_json(), status=202)

    async def job(self, request: web.Request) -> web.Response:
        """One job: what it does, how far it is, how it ended."""
        await self._trainer(request)
        return web.json_response((await self._workbench.jobs.one(request.match_info["id"])).as_json())

    async def log(self, request: web.Request) -> web.Response:
        """What a job has logged from a place on; `next` is the place to go on from."""
        await self._trainer(request)
        start = request.query.get("from") or "0"
        if not (start.isascii() and start.isdigit()) or len(start) > _PLACE_DIGITS:
            raise BadRequest("from is the next of the answer before, 0 at first.")
        lines, further = await self._workbench.jobs.log(request.match_info["id"], int(start))
        return web.json_response({"lines": lines, "next": further})

    async def cancel(self, request: web.Request) -> web.Response:
        """End a job that runs or waits."""
        user = await self._trainer(request)
        return web.json_response((await self._workbench.jobs.cancel(user, request.match_info["id"])).as_json())

    async def reports(self, request: web.Request) -> web.Response:
        """What cross-validations said, newest first, in a line each."""
        await self._trainer(request)
        return web.json_response({"reports": await asyncio.to_thread(self._workbench.reports.all)})

    async def report(self, request: web.Request) -> web.Response:
        """One report: figures by intent and language, calibration, thresholds, failing sentences, confusions."""
        await self._trainer(request)
        return web.json_response(await asyncio.to_thread(self._workbench.reports.one, request.match_info["id"]))

"""A webhook gets one object; its address is a secret as a whole, and a failure is tried again a few times at most."""

from __future__ import annotations

import json

import httpx
import pytest
from pydantic import SecretStr

from providers.webhook import Webhook

pytestmark = pytest.mark.anyio

URL = "https://chat.example/services/T0PSECRET/B0T/?key=h1dden&x=1"
HIDDEN = ("T0PSECRET", "h1dden", "services")


class Receiver:
    """Answers in order, the last for ever, and keeps what came."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self._answers = list(answers)
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


async def posted(receiver: Receiver) -> str:
    webhook = Webhook(SecretStr(URL), http=httpx.MockTransport(receiver))
    try:
        return await webhook.post({"text": "åtta väntar", "state": "firing"})
    finally:
        await webhook.close()


async def test_one_object_is_posted_to_the_very_address() -> None:
    receiver = Receiver(httpx.Response(200, text="ok"))
    assert await posted(receiver) == ""
    [request] = receiver.requests
    assert (request.method, str(request.url)) == ("POST", URL)
    assert json.loads(request.content) == {"text": "åtta väntar", "state": "firing"}
    assert request.headers["content-type"].startswith("application/json")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (httpx.Response(404, text=f"no hook at {URL}"), "404"),
        (httpx.Response(403, json={"message": "no key h1dden"}), "403"),
        (httpx.Response(302, headers={"location": "https://elsewhere.example/T0PSECRET"}), "302"),
        (httpx.Response(429, text="slow down"), "429"),
        (httpx.Response(500, text="T0PSECRET broke"), "500"),
        (httpx.ConnectError(f"cannot reach {URL}"), "no connection to chat.example"),
        (httpx.ReadTimeout("slow"), "did not answer in time"),
    ],
)
async def test_a_failure_is_one_sentence_without_the_address(answer: httpx.Response | Exception, said: str) -> None:
    receiver = Receiver(answer)
    sentence = await posted(receiver)
    assert said in sentence
    assert not [word for word in HIDDEN if word in sentence], sentence
    assert "\n" not in sentence
    assert len(receiver.requests) <= 3


async def test_what_fails_once_arrives_with_the_second_try() -> None:
    receiver = Receiver(httpx.Response(503), httpx.Response(204))
    assert await posted(receiver) == ""
    assert len(receiver.requests) == 2

"""The door of the workplace: login, cookie, guard against other sites' pages, headers on everything."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from sqlalchemy import select
from websockets.exceptions import ConnectionClosed

from handoff import workplace
from handoff.models import Login
from tests.conftest import MovedClock
from tests.handoff import content
from tests.live import PASSWORD, Live, Person, next_frame

Start = Callable[..., Live]
COMMANDS = {"claim": {}, "lines": {"lease": 1, "client_id": "abcdefgh", "text": "hallo"}, "typing": {"lease": 1}, "give-back": {"lease": 1},
            "close": {"lease": 1}}  # fmt: skip


@pytest.fixture
def anybody(live: Live) -> Person:
    return Person(live)


def test_wrong_name_and_wrong_password_get_the_same_answer(live: Live, anybody: Person) -> None:
    live.add_user("anna")
    name, password = anybody.log_in("nobody", PASSWORD), anybody.log_in("anna", "iets heel anders")
    assert (name.status_code, password.status_code) == (403, 403)
    assert name.text.replace("nobody", "anna") == password.text
    assert "Naam of wachtwoord klopt niet." in password.text
    assert (name.headers.get("set-cookie"), anybody.cookie) == (None, "")
    assert sorted(name.headers) == sorted(password.headers)


@pytest.mark.parametrize("secure", [False, True])
def test_login_sets_a_cookie_that_no_script_and_no_other_site_can_use(start: Start, secure: bool) -> None:
    live = start(secure_cookies=secure)
    live.add_user("anna")
    response = Person(live).log_in(" Anna ")
    assert (response.status_code, response.headers["location"]) == (303, "/werkplek")
    value, *flags = response.headers["set-cookie"].split("; ")
    assert re.fullmatch(r"nachtlicht_werkplek=[\w-]{43}", value)
    assert sorted(flag.lower() for flag in flags) == sorted(
        ["httponly", "max-age=43200", "path=/", "samesite=strict"] + ["secure"] * secure
    )


@pytest.mark.parametrize("login", ["", "a\x00b", "é\ud7ff", "' OR 1=1 --", "a" * 200])
def test_odd_names_are_wrong_names(anybody: Person, login: str) -> None:
    assert anybody.log_in(login, "x").status_code == 403
    assert anybody.log_in("anna", login).status_code == 403


def test_name_that_was_typed_is_shown_again_harmlessly(anybody: Person) -> None:
    response = anybody.log_in('"><script>alert(1)</script>', "x")
    assert "<script>alert" not in response.text
    assert "&lt;script&gt;alert(1)" in response.text


def test_guessing_is_slowed_even_with_the_right_password_and_recovers(start: Start, clock: MovedClock) -> None:
    live = start(clock=clock)
    live.add_user("anna")
    person = Person(live)
    assert [person.log_in("anna", "fout").status_code for _ in range(6)] == [403] * 5 + [429]
    slowed = person.log_in("anna")
    assert (slowed.status_code, "te veel pogingen" in slowed.text) == (429, True)
    clock.move(seconds=2)
    assert person.log_in("anna", "fout").status_code == 403
    clock.move(seconds=3)
    assert person.log_in("anna").status_code == 429  # the wait has doubled
    clock.move(seconds=1)
    assert person.log_in("anna").status_code == 303
    assert person.log_in("anna", "fout").status_code == 403


def test_guesses_sent_at_once_are_slowed_like_any_others(live: Live) -> None:
    live.add_user("anna")
    people = [Person(live) for _ in range(24)]
    with ThreadPoolExecutor(24) as pool:
        codes = [r.status_code for r in pool.map(lambda person: person.log_in("anna", "fout"), people)]
    assert set(codes) == {403, 429}
    assert codes.count(403) <= 12  # five, and those who were under way in the same moment


def test_logout_ends_the_session_for_good(live: Live) -> None:
    person = live.person()
    cookie = person.cookie
    assert person.http.get("/werkplek").status_code == 200
    response = person.http.post("/werkplek/uitloggen")
    assert (response.status_code, response.headers["location"], person.cookie) == (303, "/werkplek/inloggen", "")
    again = httpx.get(f"http://{live.address}/api/mine", cookies={workplace.auth.COOKIE: cookie}, trust_env=False)
    assert (again.status_code, again.json()["code"]) == (401, "not_logged_in")
    assert live.database.read_now(lambda s: s.scalars(select(Login)).all()) == []
    assert Person(live).http.post("/werkplek/uitloggen").status_code == 303  # once more does no harm


def test_page_of_the_workplace_leads_a_stranger_to_the_login(anybody: Person) -> None:
    response = anybody.http.get("/werkplek")
    assert (response.status_code, response.headers["location"]) == (303, "/werkplek/inloggen")
    assert anybody.http.get("/werkplek/inloggen").status_code == 200


@pytest.mark.parametrize("what", COMMANDS)
def test_command_needs_a_session_the_guard_header_and_our_own_origin(live: Live, anybody: Person, what: str) -> None:
    url, body = f"/api/conversations/abc/{what}", COMMANDS[what]
    assert anybody.http.post(url, json=body).status_code == 401
    person = live.person(what.replace("-", ""))
    for headers in ({"x-nachtlicht": ""}, {"x-nachtlicht": "0"}, {"origin": "https://evil.example"}, {"origin": "null"}):
        response = person.http.post(url, json=body, headers=headers)
        assert (response.status_code, response.json()["code"]) == (403, "foreign_origin")
    allowed = person.http.post(url, json=body, headers={"origin": f"http://{live.address}"})
    assert (allowed.status_code, allowed.json()["code"]) == (409, "already_claimed") if what == "claim" else (409, allowed.json()["code"])


@pytest.mark.parametrize("path", ["/werkplek/inloggen", "/werkplek/uitloggen"])
def test_login_and_logout_refuse_another_sites_form(live: Live, path: str) -> None:
    person = live.person()
    response = person.http.post(path, data={"login": "anna", "password": PASSWORD}, headers={"origin": "https://evil.example"})
    assert (response.status_code, response.json()["code"]) == (403, "foreign_origin")
    assert person.http.get("/api/mine").status_code == 200


PAGES = [
    "/",
    "/werkplek",
    "/werkplek/inloggen",
    "/api/mine",
    "/bestaat-niet",
    "/static/visitor.css",
    "/static/bestaat-niet.js",
    "/openapi.json",
]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_carries_the_security_headers(live: Live, path: str) -> None:
    for client in (Person(live), live.person(re.sub(r"\W", "", path) or "root")):
        response = client.http.get(path)
        policy = dict(part.split(" ", 1) for part in response.headers["content-security-policy"].split("; "))
        assert policy == {
            "default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "img-src": "'self'", "connect-src": "'self'",
            "manifest-src": "'none'", "base-uri": "'none'", "form-action": "'self'", "frame-ancestors": "'none'",
        }  # fmt: skip
        assert (response.headers["x-content-type-options"], response.headers["referrer-policy"]) == ("nosniff", "same-origin")
        assert response.headers["cache-control"] == ("no-cache" if path.startswith("/static/") else "no-store")
        assert response.headers["cross-origin-opener-policy"] == "same-origin"
        assert "camera=()" in response.headers["permissions-policy"]
        assert "server" not in {name.lower() for name in response.headers} or "uvicorn" in response.headers["server"]


def test_refusals_and_redirects_carry_the_headers_too(live: Live, anybody: Person) -> None:
    person = live.person()
    responses = [
        anybody.log_in("anna", "fout"),
        person.log_in("anna"),
        person.post("abc", "claim"),
        person.post("abc", "lines", text=3),
        person.http.post("/api/conversations/abc/claim", headers={"x-nachtlicht": ""}),
        person.http.put("/api/mine"),
    ]
    assert [r.status_code for r in responses] == [403, 303, 409, 422, 403, 405]
    assert {"unsafe" in r.headers["content-security-policy"] for r in responses} == {False}


def test_only_static_files_with_a_version_may_be_kept(live: Live, anybody: Person) -> None:
    page = anybody.http.get("/").text
    address = re.search(r'href="(/static/visitor\.css\?v=\w+)"', page)
    assert address is not None
    assert anybody.http.get(address.group(1)).headers["cache-control"] == "public, max-age=31536000, immutable"
    assert anybody.http.get("/?v=1").headers["cache-control"] == "no-store"


def test_no_template_needs_what_the_policy_forbids(live: Live) -> None:
    person = live.person()
    for html in (person.http.get("/").text, person.http.get("/werkplek").text, Person(live).http.get("/werkplek/inloggen").text):
        assert re.findall(r"<[^>]+\son\w+=|<[^>]+\sstyle=|<style|javascript:", html) == []
        scripts = re.findall(r"<script([^>]*)>", html)
        assert [one for one in scripts if "src=" not in one and 'type="application/json"' not in one] == []
    for name, words in content.script_strings():
        assert not re.search(r"innerHTML|document\.write|\beval\(", words), name


def test_visitor_page_carries_the_emergency_numbers_without_a_script(live: Live, anybody: Person, directory: Any) -> None:
    html = anybody.http.get("/").text
    for entry in ("nl-112", "nl-113", "be-112", "be-1813"):
        number = directory.entries[entry].phone[0]
        assert f'href="tel:{number}"' in html
    assert "<noscript>" in html
    for words in ("welkom.bot", "welkom.anoniem", "welkom.vraag"):
        assert live.service.resources.texts.say(words, lijn="Nachtlicht") in html.replace("&#39;", "'")


def test_socket_needs_a_session_and_our_own_origin(live: Live) -> None:
    person = live.person()
    for headers in ({"Cookie": "nachtlicht_werkplek=x"}, {"Origin": "https://evil.example"}):
        with person.workplace(**headers) as socket, pytest.raises(ConnectionClosed) as caught:
            socket.recv(timeout=5)
        assert caught.value.rcvd is not None
        assert caught.value.rcvd.code == 4401


@pytest.mark.parametrize("how", ["expiry", "logout", "account off"])
def test_end_of_the_session_closes_the_socket(start: Start, clock: MovedClock, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    monkeypatch.setattr(workplace, "RENEW_SECONDS", 0.1)
    live = start(clock=clock)
    person = live.person()
    with person.workplace() as socket:
        next_frame(socket, "queue")
        if how == "expiry":
            clock.move(hours=12)
        elif how == "logout":
            person.http.post("/werkplek/uitloggen")
        else:
            live.database.write_now(lambda s: setattr(s.query(workplace.User).one(), "active", False))
        with pytest.raises(ConnectionClosed) as caught:
            next_frame(socket, "never")
    assert caught.value.rcvd is not None
    assert caught.value.rcvd.code == 4401
    assert person.http.get("/api/mine").status_code == 401

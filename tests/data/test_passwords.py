"""Hashing passwords: few at once, few more waiting, the rest told to come again."""

import threading
from collections.abc import Callable, Iterator

import pytest

from tests.people import Browser, make_user
from tracker.domain.errors import Busy
from tracker.domain.roles import Role
from tracker.services import passwords

ALL = passwords.HASHED_AT_ONCE + passwords.WAITING


def wait_for_a_turn() -> None:
    passwords.hash_password("x", cheap=True)


@pytest.fixture
def storm() -> Iterator[Callable[[], None]]:
    """Fills every place of the queue with threads that wait for their turn, until the end."""
    threads: list[threading.Thread] = []
    for _ in range(passwords.HASHED_AT_ONCE):
        passwords.AT_ONCE.acquire()

    def fill() -> None:
        for _ in range(ALL):
            threads.append(
                threading.Thread(
                    target=passwords.hash_password, args=("x",), kwargs={"cheap": True}
                )
            )
            threads[-1].start()
        while passwords.ADMITTED.acquire(blocking=False):
            passwords.ADMITTED.release()

    yield fill
    for _ in range(passwords.HASHED_AT_ONCE):
        passwords.AT_ONCE.release()
    for thread in threads:
        thread.join()


def test_beyond_the_bound_it_is_refused_at_once(storm: Callable[[], None]) -> None:
    storm()
    with pytest.raises(Busy) as busy:
        passwords.verify_password("x", None, cheap=True)
    assert busy.value.retry_after == passwords.RETRY_AFTER
    with pytest.raises(Busy):
        passwords.hash_password("x", cheap=True)


def test_places_are_given_back() -> None:
    for _ in range(ALL * 2):
        passwords.verify_password("x", None, cheap=True)
        with pytest.raises(UnicodeEncodeError):
            passwords.hash_password("\ud800", cheap=True)


def test_the_sign_in_page_says_when_to_come_again(
    public: Browser, storm: Callable[[], None]
) -> None:
    token = public.csrf_token()
    storm()
    form = {"email": "a@example.org", "password": "x" * 12, "csrf_token": token}
    response = public.client.post("/sign-in", data=form)
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "5"
    assert "Wait a few seconds" in response.text


def test_a_text_that_is_carried_stays_on_the_page(
    public: Browser, storm: Callable[[], None]
) -> None:
    token = public.csrf_token()
    storm()
    form = {
        "p25-narrative": "Les registres",
        "sign_in_email": "a@example.org",
        "sign_in_password": "x" * 12,
        "csrf_token": token,
    }
    response = public.client.post("/reports/none/sections/I.1", data=form)
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "5"
    assert "Les registres" in response.text


def test_a_new_password_is_refused_as_a_page(
    browser_of: type[Browser], storm: Callable[[], None], public: Browser
) -> None:
    browser = browser_of(make_user(browser_of.session, Role.REVIEWER))
    token = browser.csrf_token()
    storm()
    form = {"present": "x", "password": "y", "password_again": "y", "csrf_token": token}
    response = browser.client.post("/account/password", data=form)
    assert response.status_code == 503
    assert "Wait a few seconds" in response.text

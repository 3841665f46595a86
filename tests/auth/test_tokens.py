"""What each role sees (CONTRACT 2)."""

from __future__ import annotations

import pytest

from event_service.auth.access import EVENT_READ, WEBHOOK_READ, WEBHOOK_WRITE, Access
from event_service.auth.apps import App, AppGrant
from event_service.auth.tokens import TokenAuthenticator
from event_service.auth.verification import TokenVerifier
from event_service.caller import Caller, Scope
from event_service.errors import (
    AuthenticateFailure,
    PermissionDenied,
    RequiredParameter,
    Unavailable,
)
from tests.auth.fixed_keys import FixedKeys
from tests.auth.issuer import DOMAIN, WORKSPACE, Issuer, rsa_key

SYSTEM = {"typ": "SYSTEM_TOKEN", "own": "SYSTEM", "did": "domain-root", "rol": None}
APP = {"typ": "CLIENT_SECRET", "own": "APP", "jti": "client-1"}


class Apps:
    """Grants of one app, and what is asked of them."""

    def __init__(self, grant: AppGrant | None = None) -> None:
        self._grant = grant
        self.asked: list[tuple[str, str]] = []

    def __call__(self, app: App) -> AppGrant | None:
        self.asked.append(app)
        return self._grant


@pytest.fixture
def keys(issuer: Issuer) -> FixedKeys:
    return FixedKeys(
        domain_a=issuer,
        domain_b=Issuer(rsa_key("domain-b")),
        domain_root=Issuer(rsa_key("domain-root")),
    )


@pytest.fixture
def root() -> Issuer:
    return Issuer(rsa_key("domain-root"))


@pytest.fixture
def authenticator(keys: FixedKeys) -> TokenAuthenticator:
    return TokenAuthenticator(TokenVerifier(keys))


def ask(
    authenticator: TokenAuthenticator, token: str, access: Access = EVENT_READ, **metadata: str
) -> Caller:
    return authenticator.caller({"token": token, **metadata}, access)


def test_a_domain_admin_sees_the_domain(authenticator: TokenAuthenticator, issuer: Issuer) -> None:
    # Neither a workspace or projects in the token, nor what the metadata says, change that.
    token = issuer.token(wid="*", projects=["project-a"])
    found = ask(authenticator, token, x_domain_id="domain-b", x_workspace_id="workspace-b")
    assert found == Caller("DOMAIN_ADMIN", Scope(DOMAIN))


def test_an_owner_sees_the_workspace(authenticator: TokenAuthenticator, issuer: Issuer) -> None:
    token = issuer.token(rol="WORKSPACE_OWNER", wid=WORKSPACE, projects=["project-a"])
    found = ask(authenticator, token, x_workspace_id="workspace-b", x_domain_id="domain-b")
    assert found == Caller("WORKSPACE_OWNER", Scope(DOMAIN, WORKSPACE))


@pytest.mark.parametrize(
    ("projects", "seen"),
    [(["project-a", "project-b"], {"project-a", "project-b"}), ([], set()), (None, set())],
)
def test_a_member_sees_its_projects(
    authenticator: TokenAuthenticator, issuer: Issuer, projects: list[str] | None, seen: set[str]
) -> None:
    token = issuer.token(rol="WORKSPACE_MEMBER", wid=WORKSPACE, projects=projects)
    expected = Caller("WORKSPACE_MEMBER", Scope(DOMAIN, WORKSPACE, frozenset(seen)))
    assert ask(authenticator, token) == expected


@pytest.mark.parametrize("role", ["WORKSPACE_OWNER", "WORKSPACE_MEMBER"])
def test_a_workspace_role_without_a_workspace(
    authenticator: TokenAuthenticator, issuer: Issuer, role: str
) -> None:
    with pytest.raises(PermissionDenied):
        ask(authenticator, issuer.token(rol=role), x_workspace_id=WORKSPACE)


@pytest.mark.parametrize("role", ["USER", "SYSTEM_ADMIN", "SYSTEM_TOKEN", "domain_admin", "", None])
def test_every_other_role(
    authenticator: TokenAuthenticator, issuer: Issuer, role: str | None
) -> None:
    with pytest.raises(PermissionDenied):
        ask(authenticator, issuer.token(rol=role, wid=WORKSPACE), x_domain_id=DOMAIN)


def test_a_role_that_no_scope_is_known_of(
    authenticator: TokenAuthenticator, issuer: Issuer
) -> None:
    access = Access("monitoring:Event.read", frozenset({"USER"}))
    with pytest.raises(PermissionDenied):
        ask(authenticator, issuer.token(rol="USER", wid=WORKSPACE), access)


@pytest.mark.parametrize("role", [None, "SYSTEM_TOKEN"])
def test_a_system_token_sees_what_the_metadata_names(
    authenticator: TokenAuthenticator, root: Issuer, role: str | None
) -> None:
    token = root.token(**SYSTEM | {"rol": role})
    found = ask(authenticator, token, x_domain_id="domain-b")
    assert found == Caller("SYSTEM_TOKEN", Scope("domain-b"))
    found = ask(authenticator, token, x_domain_id="domain-b", x_workspace_id="workspace-b")
    assert found == Caller("SYSTEM_TOKEN", Scope("domain-b", "workspace-b"))
    # Empty means absent (CONTRACT 1.7): a workspace called so would have nothing in it.
    found = ask(authenticator, token, x_domain_id="domain-b", x_workspace_id="")
    assert found == Caller("SYSTEM_TOKEN", Scope("domain-b"))


@pytest.mark.parametrize("metadata", [{}, {"x_domain_id": ""}, {"x_workspace_id": WORKSPACE}])
def test_a_system_token_without_a_domain(
    authenticator: TokenAuthenticator, root: Issuer, metadata: dict[str, str]
) -> None:
    with pytest.raises(RequiredParameter) as caught:
        ask(authenticator, root.token(**SYSTEM), EVENT_READ, **metadata)
    assert caught.value.key == "domain_id"


def test_a_domain_cannot_make_itself_a_system_token(
    keys: FixedKeys, authenticator: TokenAuthenticator, issuer: Issuer
) -> None:
    own = issuer.token(**SYSTEM | {"did": DOMAIN})
    with pytest.raises(PermissionDenied):
        ask(authenticator, own, x_domain_id=DOMAIN)
    forged = issuer.token(**SYSTEM)
    with pytest.raises(AuthenticateFailure):
        ask(authenticator, forged, x_domain_id=DOMAIN)
    trusting = TokenAuthenticator(TokenVerifier(keys), system_domains={DOMAIN})
    assert ask(trusting, own, x_domain_id="domain-b").scope == Scope("domain-b")
    everyone = TokenAuthenticator(TokenVerifier(keys), system_domains=None)
    assert ask(everyone, own, x_domain_id="domain-b").scope == Scope("domain-b")


def test_a_system_token_with_the_role_of_somebody(
    authenticator: TokenAuthenticator, root: Issuer
) -> None:
    with pytest.raises(PermissionDenied):
        ask(authenticator, root.token(**SYSTEM | {"rol": "DOMAIN_ADMIN"}), x_domain_id=DOMAIN)


def test_permissions_of_a_token(authenticator: TokenAuthenticator, issuer: Issuer) -> None:
    token = issuer.token(permissions=["monitoring:Event."])
    assert ask(authenticator, token).role == "DOMAIN_ADMIN"
    with pytest.raises(PermissionDenied) as caught:
        ask(authenticator, token, WEBHOOK_READ)
    assert "monitoring:Webhook.read" in caught.value.message
    assert ask(authenticator, issuer.token(permissions=[]), WEBHOOK_READ).role == "DOMAIN_ADMIN"


def test_writing_is_not_for_a_domain_admin(
    authenticator: TokenAuthenticator, issuer: Issuer, root: Issuer
) -> None:
    with pytest.raises(PermissionDenied):
        ask(authenticator, issuer.token(), WEBHOOK_WRITE)
    owner = issuer.token(rol="WORKSPACE_OWNER", wid=WORKSPACE)
    assert ask(authenticator, owner, WEBHOOK_WRITE).scope == Scope(DOMAIN, WORKSPACE)
    system = ask(authenticator, root.token(**SYSTEM), WEBHOOK_WRITE, x_domain_id=DOMAIN)
    assert system.scope == Scope(DOMAIN)


@pytest.mark.parametrize(
    "metadata",
    [
        {"authorization": "Bearer {}"},
        {"authorization": "bearer  {} "},
        {"token": "", "authorization": "BEARER {}"},
        {"token": "{}", "authorization": "Bearer something-else"},
    ],
)
def test_where_the_token_is_found(
    authenticator: TokenAuthenticator, issuer: Issuer, metadata: dict[str, str]
) -> None:
    sent = {name: value.format(issuer.token()) for name, value in metadata.items()}
    assert authenticator.caller(sent, EVENT_READ).role == "DOMAIN_ADMIN"


@pytest.mark.parametrize(
    "metadata",
    [
        {},
        {"token": ""},
        {"authorization": ""},
        {"authorization": "Bearer "},
        {"authorization": "Basic {}"},
        {"authorization": "{}"},
        {"Token": "{}"},
    ],
)
def test_no_token(
    authenticator: TokenAuthenticator, issuer: Issuer, metadata: dict[str, str]
) -> None:
    sent = {name: value.format(issuer.token()) for name, value in metadata.items()}
    with pytest.raises(AuthenticateFailure, match="missing"):
        authenticator.caller(sent, EVENT_READ)


@pytest.mark.parametrize("kind", ["CLIENT_SECRET", "ACCESS_TOKEN"])
def test_an_app_may_what_the_directory_says(keys: FixedKeys, issuer: Issuer, kind: str) -> None:
    apps = Apps(AppGrant(("monitoring:Event",), frozenset({"project-a"})))
    authenticator = TokenAuthenticator(TokenVerifier(keys), apps)
    token = issuer.token(
        **APP | {"typ": kind},
        rol="WORKSPACE_MEMBER",
        wid=WORKSPACE,
        permissions=["monitoring:"],
        projects=["project-a", "project-b"],
    )
    assert ask(authenticator, token).scope == Scope(DOMAIN, WORKSPACE, frozenset({"project-a"}))
    assert apps.asked == [(DOMAIN, "client-1")]
    with pytest.raises(PermissionDenied):
        ask(authenticator, token, WEBHOOK_READ)


def test_apps_that_are_refused(keys: FixedKeys, issuer: Issuer) -> None:
    unknown = TokenAuthenticator(TokenVerifier(keys), Apps(None))
    with pytest.raises(PermissionDenied):
        ask(unknown, issuer.token(**APP))
    uncheckable = TokenAuthenticator(TokenVerifier(keys))
    with pytest.raises(PermissionDenied):
        ask(uncheckable, issuer.token(**APP))
    nameless = TokenAuthenticator(TokenVerifier(keys), Apps(AppGrant((), frozenset())))
    with pytest.raises(AuthenticateFailure, match="claim = jti"):
        ask(nameless, issuer.token(**APP | {"jti": None}))


def test_an_app_of_the_wrong_role_is_not_asked_about(keys: FixedKeys, issuer: Issuer) -> None:
    apps = Apps(AppGrant((), frozenset()))
    with pytest.raises(PermissionDenied):
        ask(TokenAuthenticator(TokenVerifier(keys), apps), issuer.token(**APP, rol="USER"))
    assert apps.asked == []


def test_keys_that_cannot_be_had(issuer: Issuer) -> None:
    class Nowhere(FixedKeys):
        def get(self, domain_id: str) -> tuple[()]:
            raise Unavailable(f"no keys for {domain_id}")

    with pytest.raises(Unavailable):
        ask(TokenAuthenticator(TokenVerifier(Nowhere())), issuer.token())


def test_closing_closes_what_it_was_given(keys: FixedKeys) -> None:
    closed: list[bool] = []
    TokenAuthenticator(TokenVerifier(keys), on_close=lambda: closed.append(True)).close()
    assert closed == [True]

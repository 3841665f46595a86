from __future__ import annotations

import pytest

from event_service.caller import Caller, Scope
from event_service.errors import PermissionDenied
from event_service.query.conditions import NOTHING
from event_service.query.scope import narrow, within

_WHERE = {"$or": [{"domain_id": {"$eq": "b"}}, {"title": {"$eq": "t"}}]}


@pytest.mark.parametrize(
    ("scope", "tenant"),
    [
        (Scope("d"), {"domain_id": {"$eq": "d"}}),
        (Scope("d", "w"), {"domain_id": {"$eq": "d"}, "workspace_id": {"$eq": "w"}}),
        (
            Scope("d", "w", frozenset({"q", "p"})),
            {
                "domain_id": {"$eq": "d"},
                "workspace_id": {"$eq": "w"},
                "project_id": {"$in": ["p", "q"]},
            },
        ),
    ],
)
def test_the_scope_holds_whatever_the_caller_asks(scope: Scope, tenant: object) -> None:
    assert within(scope, {}) == tenant
    assert within(scope, _WHERE) == {"$and": [tenant, _WHERE]}


def test_a_member_of_no_project_sees_nothing() -> None:
    assert within(Scope("d", "w", frozenset()), _WHERE) == NOTHING


def test_a_foreign_project_is_denied() -> None:
    member = Caller("WORKSPACE_MEMBER", Scope("d", "w", frozenset({"p"})))
    assert narrow(member, {"project_id": "p"}) == {"project_id": "p"}
    assert narrow(member, {}) == {}
    with pytest.raises(PermissionDenied, match="project_id = q"):
        narrow(member, {"project_id": "q"})


def test_a_callers_own_workspace_wins_over_the_one_named() -> None:
    owner = Caller("WORKSPACE_OWNER", Scope("d", "w"))
    admin = Caller("DOMAIN_ADMIN", Scope("d"))
    asked = {"workspace_id": "other", "project_id": "q"}
    assert narrow(owner, asked) == {"project_id": "q"}
    assert narrow(admin, asked) == asked

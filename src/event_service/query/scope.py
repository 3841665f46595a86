"""The one place where a caller's scope becomes part of a query (CONTRACT 2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from event_service.errors import PermissionDenied
from event_service.query.conditions import NOTHING, Condition, all_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from event_service.caller import Caller, Scope


def within(scope: Scope, where: Condition) -> dict[str, Any]:
    """What ``where`` holds for inside the scope, and nothing outside it.

    It is the whole of a ``find``, and of the first ``$match`` of an aggregation.
    """
    tenant: dict[str, Any] = {"domain_id": {"$eq": scope.domain_id}}
    if scope.workspace_id is not None:
        tenant["workspace_id"] = {"$eq": scope.workspace_id}
    if scope.projects is not None:
        if not scope.projects:
            return dict(NOTHING)
        tenant["project_id"] = {"$in": sorted(scope.projects)}
    return dict(all_of((tenant, where)))


def narrow(caller: Caller, parameters: Mapping[str, str]) -> Mapping[str, str]:
    """The direct parameters that still count for the caller.

    A caller of one workspace sees that one, whichever it names. Raises PermissionDenied when a
    caller of some projects names another one.
    """
    scope = caller.scope
    project = parameters.get("project_id")
    if project is not None and scope.projects is not None and project not in scope.projects:
        raise PermissionDenied(f"Permission denied. (project_id = {project[:64]})")
    if scope.workspace_id is None:
        return parameters
    return {key: value for key, value in parameters.items() if key != "workspace_id"}

"""Every blueprint of the site."""

from flask import Blueprint

from tracker.web import (
    admin,
    admin_cycles,
    auth,
    clarifications,
    exporting,
    exports,
    health,
    indicators,
    public,
    reporting,
    responses,
    review,
    reviewing,
    saving,
    submitting,
)

BLUEPRINTS: tuple[Blueprint, ...] = (
    auth.blueprint,
    admin.blueprint,
    admin_cycles.blueprint,
    health.blueprint,
    public.blueprint,
    reporting.blueprint,
    responses.blueprint,
    saving.blueprint,
    submitting.blueprint,
    clarifications.blueprint,
    review.blueprint,
    reviewing.blueprint,
    indicators.blueprint,
    exports.blueprint,
    exporting.blueprint,
)

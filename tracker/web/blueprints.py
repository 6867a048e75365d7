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
    importing,
    indicators,
    items,
    public,
    receipts,
    reporting,
    responses,
    review,
    reviewing,
    saving,
    striking,
    submitting,
    workbooks,
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
    receipts.blueprint,
    clarifications.blueprint,
    review.blueprint,
    reviewing.blueprint,
    striking.blueprint,
    indicators.blueprint,
    items.blueprint,
    exports.blueprint,
    workbooks.blueprint,
    importing.blueprint,
    exporting.blueprint,
)

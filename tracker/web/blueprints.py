"""Every blueprint of the site."""

from flask import Blueprint

from tracker.web import clarifications, health, indicators, reporting, responses, saving, submitting

BLUEPRINTS: tuple[Blueprint, ...] = (
    health.blueprint,
    reporting.blueprint,
    responses.blueprint,
    saving.blueprint,
    submitting.blueprint,
    clarifications.blueprint,
    indicators.blueprint,
)

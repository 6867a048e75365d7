"""Every blueprint of the site."""

from flask import Blueprint

from tracker.web import clarifications, health, indicators, reporting, responses, submitting

BLUEPRINTS: tuple[Blueprint, ...] = (
    health.blueprint,
    reporting.blueprint,
    responses.blueprint,
    submitting.blueprint,
    clarifications.blueprint,
    indicators.blueprint,
)

"""Every blueprint of the site."""

from flask import Blueprint

from tracker.web import health

BLUEPRINTS: tuple[Blueprint, ...] = (health.blueprint,)

"""Instances of the Flask extensions; the application binds them."""

from flask_babel import Babel
from flask_login import LoginManager
from flask_sqlalchemy import SQLAlchemy
from flask_wtf.csrf import CSRFProtect

from tracker.models import Base

db = SQLAlchemy(metadata=Base.metadata)
login_manager = LoginManager()
csrf = CSRFProtect()
DAY, INSTANT = "d MMM y", "d MMM y, HH:mm"  # the month in letters: 11/12 means two days
babel = Babel(
    date_formats={
        "time": "HH:mm",
        "date": DAY,
        "datetime": INSTANT,
        **{f"time.{length}": "HH:mm" for length in ("short", "medium", "full", "long")},
        **{f"date.{length}": DAY for length in ("short", "medium", "full", "long")},
        **{f"datetime.{length}": INSTANT for length in ("short", "medium", "full", "long")},
    }
)

"""Whether the files that States attached are where their rows say, for verify and backup."""

from collections.abc import Iterable, Iterator

from tracker.delivery.evidence_files import EvidenceFolder
from tracker.queries.verified_files import NamedFile
from tracker.queries.whole_verification import Finding
from tracker.settings import Settings


def lost_files(settings: Settings, named: Iterable[NamedFile]) -> Iterator[Finding]:
    """Each file that is missing or altered, named with the version that needs it."""
    folder = EvidenceFolder(settings.instance_path, demonstration=settings.demonstration)
    for file in named:
        problem = folder.problem(file.sha256, file.size)
        if problem:
            place = f"{file.version} ({folder.name(file.sha256)})"
            yield Finding(place, problem, file.iso3, file.cycle_slug, file.report)

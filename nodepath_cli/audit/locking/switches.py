"""Rows that have the state of a thing, and are no lock: who has opened a door is noted down, and others read it."""

from __future__ import annotations

from nodepath_cli.audit.locking.acquires import Acquire, refuses
from nodepath_cli.audit.locking.sites import Sites


def is_switch(acquire: Acquire, sites: Sites) -> bool:
    """Say whether a row has the state of a thing (a door's): both notes who has changed it, and others read it."""
    puts = {}
    for site in acquire.sites:
        puts.update({each.column: each.value for each in (*site.access.inserted, *site.access.settings)})
    for release in acquire.releases:
        access = release.site.access
        given = {each.column: each.value for each in access.settings if each.column in puts}
        states = [name for name, value in given.items() if "constant" == value.kind == puts[name].kind]
        turned = [name for name in states if given[name].text != puts[name].text]
        noted = any(value.kind == "value" and not access.others for value in given.values())
        own = {each for each in acquire.sites if each.access.action == "select"}
        about = (site for site in sites.about(acquire.table) if site not in own and site is not release.site)
        reads = [each for each in about if each.access.action == "select" and each.access.selected & set(turned)]
        if noted and reads and not own and not refuses(acquire):
            return True
    return False

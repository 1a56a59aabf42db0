"""A walk through a page by Tab: what it meets, what shows where it is, and what it misses."""

from typing import Final

import pytest
from playwright.sync_api import Page

AT_MOST: Final = 600  # stops; a page of the tests has far fewer
AT_ONCE: Final = 20

# Keeps what has had the focus. How something looks is read as the next key goes down, when all
# has been drawn, and again once the focus is elsewhere: what is the same then shows no focus.
WATCH: Final = """() => {
    const CONTROLS = `a[href], button, input, select, textarea, summary, [contenteditable=true],
        [tabindex="0"], [role=button], [role=checkbox], [role=link], [role=menuitem],
        [role=option], [role=radio], [role=slider], [role=switch], [role=tab], [role=treeitem]`
    const WIDGETS = `[role=grid], [role=listbox], [role=menu], [role=radiogroup], [role=tablist],
        [role=tree]`
    const met = new Set(), unmarked = new Set(), hidden = new Set()
    let first = null, last = null, looked = null

    // A widget is met as a whole, and a part of a list under any element that stands for it.
    const standsFor = one => {
        const comic = one.closest('[data-item]')?.querySelector('[data-opens]')
        if (comic) return [comic.dataset.opens, one.tagName, one.ariaLabel, one.textContent].join()
        return one.closest(WIDGETS) ?? (one.type === 'radio' ? one.name : one)
    }

    // A box that is drawn by its label is as large as that, and is marked there.
    const drawn = one => one.labels?.[0] ?? one
    const look = one => [one, drawn(one), one.nextElementSibling, one.closest('li, tr')]
        .map(part => part && getComputedStyle(part))
        .map(style => style && [style.outline, style.boxShadow, style.borderColor,
            style.backgroundColor])
        .join()
    const isHidden = one => {
        const small = one.getBoundingClientRect()
        const box = small.width * small.height > 4 ? small : drawn(one).getBoundingClientRect()
        const hit = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2)
        return !hit || !(one.contains(hit) || drawn(one).contains(hit) || hit.contains(one))
    }
    const pause = () => {
        last = document.activeElement
        looked = look(last)
        if (last !== document.body && isHidden(last)) hidden.add(last)
    }
    window.walk?.ended.abort()
    const ended = new AbortController()
    document.addEventListener('keydown', pause, {capture: true, signal: ended.signal})
    document.addEventListener('focusin', ({target}) => {
        if (last && last !== target && look(last) === looked) unmarked.add(last)
        walk.around ||= standsFor(target) === first
        first ??= standsFor(target)
        met.add(standsFor(target))
    }, {signal: ended.signal})

    const isUsable = one => one.checkVisibility({visibilityProperty: true})
        && !one.matches(':disabled, [aria-disabled=true]') && !one.closest('[inert]')
    const usable = () => [...document.querySelectorAll(CONTROLS)].filter(isUsable)
    const tell = ones => [...ones].filter(one => one !== document.body && one.isConnected)
        .map(one => one.outerHTML.slice(0, 200))
    const walk = {
        ended,
        around: false,
        missed: () => tell(usable().filter(one => !met.has(standsFor(one)))),
        unmarked: () => tell(unmarked),
        hidden: () => tell(hidden),
        // Where each widget is entered, the last of the page first.
        widgets: () => [...Map.groupBy(usable(), standsFor).values()]
            .filter(members => members.length > 1)
            .map(members => members.find(one => one.checked || one.tabIndex === 0) ?? members[0])
            .reverse(),
        enter: place => (walk.from = walk.widgets()[place]).focus(),
        hasMoved: () => walk.from !== document.activeElement
            && standsFor(walk.from) === standsFor(document.activeElement),
    }
    window.walk = walk
}"""


def walk(page: Page) -> dict[str, list[str]]:
    """Walk once around by Tab, and within each widget by an arrow; return what is wrong, by kind.

    Missed is what can be used and was not met, neither by itself nor as a part of a widget;
    unmarked is what looks the same with the focus; hidden is what lay below something else, or
    out of sight, while it had it; stuck is a widget where no arrow leads on. A second walk has to
    find it, too: what was still loading in the first may have pushed aside what had the focus.
    """
    return walk_once(page) and walk_once(page)


def walk_once(page: Page) -> dict[str, list[str]]:
    """Walk around, whatever is still loading."""
    page.evaluate(WATCH)
    for _ in range(AT_MOST // AT_ONCE):
        for _ in range(AT_ONCE):
            page.keyboard.press("Tab")
        if page.evaluate("walk.around"):
            break
    else:
        pytest.fail("Tab leads nowhere, or nowhere back.")
    found = {kind: page.evaluate(f"walk.{kind}()") for kind in ("missed", "unmarked", "hidden")}
    found["stuck"] = find_stuck(page)
    return {kind: told for kind, told in found.items() if told}


def find_stuck(page: Page) -> list[str]:
    """Try an arrow in each widget, and the other one to leave it as it was."""
    stuck: list[str] = []
    for place in range(page.evaluate("walk.widgets().length")):
        page.evaluate("place => walk.enter(place)", place)
        page.keyboard.press("ArrowRight")
        if not page.evaluate("walk.hasMoved()"):
            stuck.append(page.evaluate("walk.from.outerHTML.slice(0, 200)"))
        page.keyboard.press("ArrowLeft")
    return stuck

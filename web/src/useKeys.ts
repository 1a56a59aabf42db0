import { type RefObject, useEffect, useEffectEvent } from 'react'

import { useMay } from './roles'
import { choose, clear, toggle } from './selection'
import type { Show } from './useView'
import type { View } from './view'

const FIELD = 'input:not([type=checkbox]), select, textarea'

interface Keys {
  search: RefObject<HTMLInputElement | null>
  view: View
  show: Show
  pages: number
  onHelp: () => void
}

/** Keys for the library, as `messages.keys` tells them. */
export function useKeys({ search, view, show, pages, onHelp }: Keys): void {
  const may = useMay('editor') // choosing is for what can be done then
  const turn = (step: number) => {
    const page = Math.min(Math.max(view.page + step, 1), pages)
    if (page !== view.page) show({ page })
  }
  const listen = useEffectEvent((event: KeyboardEvent) => {
    const row = focused()
    const actions: Record<string, () => unknown> = {
      '/': () => search.current?.focus(),
      '?': onHelp,
      j: () => walk(1),
      k: () => walk(-1),
      J: () => walk(1, may),
      K: () => walk(-1, may),
      ArrowLeft: () => turn(-1),
      ArrowRight: () => turn(1),
      Escape: clear,
      ...(row && {
        ' ': () => may && toggle(idOf(row)),
        ArrowDown: () => walk(columns(), may && event.shiftKey),
        ArrowUp: () => walk(-columns(), may && event.shiftKey),
      }),
    }
    const action = actions[event.key]
    if (!action || isTaken(event)) return
    event.preventDefault()
    action()
  })
  useEffect(() => {
    const hear = (event: KeyboardEvent) => listen(event)
    document.addEventListener('keydown', hear)
    return () => document.removeEventListener('keydown', hear)
  }, [])
}

/** A key with a modifier is the browser's, one in a field is the field's, and one in a dialog its own; a tick has a use for Space alone. */
function isTaken(event: KeyboardEvent): boolean {
  const inField = event.target instanceof Element && event.target.closest(FIELD)
  const inDialog = document.querySelector('[role="dialog"]')
  const modified = event.ctrlKey || event.metaKey || event.altKey
  return event.defaultPrevented || modified || Boolean(inField) || Boolean(inDialog)
}

/** The comics that are drawn, in the order of the list. */
function drawn(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>('[data-opens]')]
}

function focused(): HTMLElement | undefined {
  const element = document.activeElement
  return element instanceof HTMLElement && element.dataset.opens ? element : undefined
}

function idOf(row: HTMLElement): number {
  return Number(row.dataset.opens)
}

/** How many comics stand beside one another. */
function columns(): number {
  const tops = drawn().map((row) => row.getBoundingClientRect().top)
  return tops.filter((top) => top === tops[0]).length
}

/** Move the focus so many comics on, from the first in sight if it is on none; all on the way may be chosen. */
function walk(step: number, chooses = false): void {
  const rows = drawn()
  const from = rows.findIndex((row) => row === document.activeElement)
  const inSight = rows.findIndex((row) => row.getBoundingClientRect().top >= 0)
  const to = from === -1 ? inSight : Math.min(Math.max(from + step, 0), rows.length - 1)
  rows[to]?.focus()
  const [first, last] = from === -1 ? [to, to] : [Math.min(from, to), Math.max(from, to)]
  if (chooses) choose(rows.slice(first, last + 1).map(idOf), true)
}


import { type RefObject, useEffect } from 'react'

import type { Show } from './useView'
import type { View } from './view'

interface Keys {
  search: RefObject<HTMLInputElement | null>
  view: View
  show: Show
  pages: number
  isCovered: boolean
}

/** Keys for the whole page: / searches, j and k walk the rows, ← and → turn the pages. */
export function useKeys({ search, view, show, pages, isCovered }: Keys): void {
  useEffect(() => {
    const turn = (step: number) => {
      const page = Math.min(Math.max(view.page + step, 1), pages)
      if (page !== view.page) show({ page })
    }
    const actions: Record<string, () => void> = {
      '/': () => search.current?.focus(),
      j: () => walk(1),
      k: () => walk(-1),
      ArrowLeft: () => turn(-1),
      ArrowRight: () => turn(1),
    }
    const listen = (event: KeyboardEvent) => {
      const action = actions[event.key]
      if (!action || view.file !== null || isCovered || isTaken(event)) return
      event.preventDefault()
      action()
    }
    document.addEventListener('keydown', listen)
    return () => document.removeEventListener('keydown', listen)
  }, [search, view, show, pages, isCovered])
}

/** A key with a modifier is the browser's, and one in a field is the field's. */
function isTaken(event: KeyboardEvent): boolean {
  const inField = event.target instanceof Element && event.target.closest('input, select, textarea')
  return event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || Boolean(inField)
}

function walk(step: number): void {
  const rows = [...document.querySelectorAll<HTMLElement>('[data-opens]')]
  const at = rows.findIndex((row) => row === document.activeElement)
  const next = at === -1 ? 0 : Math.min(Math.max(at + step, 0), rows.length - 1)
  rows[next]?.focus()
}

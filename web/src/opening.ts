import type { MouseEvent } from 'react'

/** Another tab, a selection of text, or a button in what is clicked: not a wish for details. */
export function isForBrowser(event: MouseEvent<HTMLElement>): boolean {
  const inButton = event.target instanceof Element && event.target.closest('button')
  const selects = getSelection()?.isCollapsed === false
  return Boolean(inButton) || selects || event.ctrlKey || event.metaKey || event.shiftKey
}

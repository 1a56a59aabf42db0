import { useLayoutEffect } from 'react'

let opened = 0
let origin: Element | null = null

/** Give the focus back to where it was before the first of the dialogs opened, once the last has closed. */
export function useFocusReturn(): void {
  useLayoutEffect(() => {
    if (opened === 0) origin = document.activeElement
    opened += 1
    return () => {
      opened -= 1
      if (opened === 0 && origin instanceof HTMLElement) origin.focus()
    }
  }, [])
}

import { useEffect } from 'react'

const CONTROL = 'a, button, input, select'

/** Scroll what a key moves the focus to wholly into sight: browsers leave it where a part of it is. */
export function useFocusInSight(): void {
  useEffect(() => {
    addEventListener('focusin', bringIntoSight)
    return () => removeEventListener('focusin', bringIntoSight)
  }, [])
}

function bringIntoSight({ target }: FocusEvent): void {
  if (!(target instanceof Element) || !target.matches(CONTROL) || !target.matches(':focus-visible')) return
  target.scrollIntoView({ block: 'nearest', inline: 'nearest' })
}

import { useEffect, useEffectEvent } from 'react'

/** Close a dialog by Escape, and mark the key as used: what is below may have a use for it, too. */
export function useEscape(opened: boolean, close: () => void): void {
  const hear = useEffectEvent((event: KeyboardEvent) => {
    if (event.key !== 'Escape' || event.isComposing || event.defaultPrevented) return
    event.preventDefault()
    close()
  })
  useEffect(() => {
    if (!opened) return
    const listen = (event: KeyboardEvent) => hear(event)
    addEventListener('keydown', listen, { capture: true })
    return () => removeEventListener('keydown', listen, { capture: true })
  }, [opened])
}

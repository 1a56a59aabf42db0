import { useEffect, useEffectEvent } from 'react'

/** The dialogs that are open, the last on top. */
const open: symbol[] = []

/** Close the dialog on top by Escape, and mark the key as used: what is below may have a use for it, too. */
export function useEscape(opened: boolean, close: () => void): void {
  const hear = useEffectEvent((event: KeyboardEvent) => {
    if (event.key !== 'Escape' || event.isComposing || event.defaultPrevented) return
    event.preventDefault()
    close()
  })
  useEffect(() => {
    if (!opened) return
    const mine = Symbol('dialog')
    const listen = (event: KeyboardEvent) => open.at(-1) === mine && hear(event)
    open.push(mine)
    addEventListener('keydown', listen, { capture: true })
    return () => {
      open.splice(open.indexOf(mine), 1)
      removeEventListener('keydown', listen, { capture: true })
    }
  }, [opened])
}

import { useCallback, useMemo, useSyncExternalStore } from 'react'

import { change, isOpenable, keepsList, readView, type View, writeView } from './view'

export type Show = (wanted: Partial<View>, how?: { replace: boolean }) => void

/** The view in the address bar, and the way to change it: a step in the history unless it replaces. */
export function useView(): [View, Show] {
  const query = useSyncExternalStore(subscribe, () => location.search)
  const view = useMemo(() => readView(query), [query])
  const show = useCallback<Show>((wanted, how) => {
    const next = change(readView(location.search), wanted)
    const stays = Object.keys(wanted).every(isOpenable)
    const opens = stays && Object.values(wanted).some((id) => id !== null)
    const closes = stays && !opens
    if (closes && isOpenedHere(history.state)) history.back()
    else go(writeView(next), how?.replace ?? closes, opens)
    if (!keepsList(wanted)) scrollTo({ top: 0 }) // another list is read from its top
  }, [])
  return [view, show]
}

function subscribe(listener: () => void): () => void {
  addEventListener('popstate', listener)
  return () => removeEventListener('popstate', listener)
}

/** Closing what was opened here goes back, so that Back does not open them again. */
function isOpenedHere(state: unknown): boolean {
  return typeof state === 'object' && state !== null && 'opened' in state
}

function go(query: string, replace: boolean, opened: boolean): void {
  const address = `${location.pathname}${query}`
  const state = opened ? { opened } : null
  if (replace) history.replaceState(state, '', address)
  else history.pushState(state, '', address)
  dispatchEvent(new PopStateEvent('popstate', { state })) // the browser tells only of Back and Forward
}

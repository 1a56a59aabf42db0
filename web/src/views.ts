/** Views that somebody has given a name; the server keeps them for every device. */

import { useKeepPreferences, usePreferences } from './api/preferences'
import { CLOSED, readView, type View, writeView } from './view'

export interface SavedView {
  name: string
  query: string // as in the address
}

function isSavedView(kept: unknown): kept is SavedView {
  if (typeof kept !== 'object' || kept === null) return false
  return 'name' in kept && typeof kept.name === 'string' && 'query' in kept && typeof kept.query === 'string'
}

/** The views that are kept, and the way to keep others in their place. */
export function useSavedViews() {
  const kept = usePreferences().data?.views
  const keep = useKeepPreferences()
  return {
    views: Array.isArray(kept) ? kept.filter(isSavedView) : [],
    save: (views: SavedView[]) => keep.mutate({ views: views.map(({ name, query }) => ({ name, query })) }),
    error: keep.error,
    reset: keep.reset,
  }
}

/** What of a view is worth a name: its list from the start, with nothing open. */
export function queryOf(view: View): string {
  return writeView({ ...view, page: 1, ...CLOSED })
}

export function viewOf(saved: SavedView): View {
  return readView(saved.query)
}

/** Put a view among those that are kept, in the place of the one of its name. */
export function withView(views: SavedView[], wanted: SavedView): SavedView[] {
  const others = views.filter(({ name }) => name !== wanted.name)
  return [...others, wanted].sort((one, other) => one.name.localeCompare(other.name))
}

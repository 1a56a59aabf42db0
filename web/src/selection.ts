/** The comics that were chosen, for every part of the page: it outlives paging, sorting and scrolling. */

import { useSyncExternalStore } from 'react'

import type { Listed, NewBatch } from './api/shapes'
import { listed, type View } from './view'

/** Some comics in the order in which they were chosen, or all of a list but some. */
export type Selection = Some | Everything

export interface Some {
  ids: ReadonlySet<number>
}

export interface Everything {
  all: Listed // what the list was narrowed to when all of it was chosen
  total: number // how many comics it then had
  except: ReadonlySet<number>
}

const NOTHING: Selection = { ids: new Set() }

let selection: Selection = NOTHING
let anchor: number | null = null // where a range begins: the last that was chosen alone
const listeners = new Set<() => void>()

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

function put(next: Selection): void {
  selection = next
  for (const listener of listeners) listener()
}

export function useSelection(): Selection {
  return useSyncExternalStore(subscribe, current)
}

/** Whether this comic is chosen; a row that asks is drawn anew only when its own answer changes. */
export function useIsChosen(id: number): boolean {
  return useSyncExternalStore(subscribe, () => isChosen(selection, id))
}

/** The selection at this moment, for what is not drawn. */
export function current(): Selection {
  return selection
}

export function isChosen(among: Selection, id: number): boolean {
  return 'ids' in among ? among.ids.has(id) : !among.except.has(id)
}

export function count(among: Selection): number {
  return 'ids' in among ? among.ids.size : Math.max(among.total - among.except.size, 0)
}

/** Choose these comics, or drop them. */
export function choose(ids: Iterable<number>, chosen: boolean): void {
  if ('ids' in selection) put({ ids: changed(selection.ids, ids, chosen) })
  else put({ ...selection, except: changed(selection.except, ids, !chosen) })
}

function changed(set: ReadonlySet<number>, ids: Iterable<number>, belongs: boolean): Set<number> {
  const next = new Set(set)
  for (const id of ids) {
    if (belongs) next.add(id)
    else next.delete(id)
  }
  return next
}

/** Choose a comic if it is not, drop it if it is; ranges begin here from now on. */
export function toggle(id: number): void {
  anchor = id
  choose([id], !isChosen(selection, id))
}

/** Give all from the last comic that was toggled to this one that comic's state; `ids` is the list. */
export function extend(ids: readonly number[], id: number): void {
  const from = anchor === null ? -1 : ids.indexOf(anchor)
  const to = ids.indexOf(id)
  if (anchor === null || from === -1 || to === -1) return toggle(id)
  choose(ids.slice(Math.min(from, to), Math.max(from, to) + 1), isChosen(selection, anchor))
}

/** Choose all that a view's list has, on whatever page. */
export function chooseAll(view: View, total: number): void {
  put({ all: listed(view), total, except: new Set() })
}

export function clear(): void {
  anchor = null
  if (selection !== NOTHING) put(NOTHING)
}

/** What a request for a batch says of which comics are meant. */
export function meant(among: Selection): Pick<NewBatch, 'files' | 'filter' | 'except'> {
  if ('ids' in among) return { files: [...among.ids] }
  return { filter: among.all, except: [...among.except] }
}

/** Whether this list is the one that all of was chosen; nothing else on it is chosen by that. */
export function isAllOf(among: Selection, view: View): boolean {
  return 'all' in among && JSON.stringify(among.all) === JSON.stringify(listed(view))
}

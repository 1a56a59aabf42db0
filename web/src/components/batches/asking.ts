/** What is to be settled before a batch is made: which tags to edit, or where what goes is to go. */

import { useSyncExternalStore } from 'react'

import type { Selection } from '../../selection'
import type { Settled } from '../../settling'

export type Asked =
  | { about: 'tags' | 'delete'; selection: Selection }
  | { about: 'copies'; groups: Settled[] }

let asked: Asked | null = null
const listeners = new Set<() => void>()

/** Open the editor of tags, or the question where comics are to go, for these; null closes it. */
export function ask(next: Asked | null): void {
  asked = next
  for (const listener of listeners) listener()
}

export function useAsked(): Asked | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => asked,
  )
}

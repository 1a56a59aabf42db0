/** What is to be settled before a batch is made: which tags to edit, or where what is deleted goes. */

import { useSyncExternalStore } from 'react'

import type { Selection } from '../../selection'

export interface Asked {
  about: 'tags' | 'delete'
  selection: Selection
}

let asked: Asked | null = null
const listeners = new Set<() => void>()

/** Open the editor of tags, or the question how to delete, for these comics; null closes it. */
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

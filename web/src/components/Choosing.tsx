import { type MouseEvent, useCallback, useLayoutEffect, useRef } from 'react'

import type { FileEntry } from '../api/shapes'
import { messages } from '../messages'
import { choose, extend, isChosen, toggle, useIsChosen, useSelection } from '../selection'
import { Tick } from './Tick'

/** A comic's tick. With Shift, all from the last one that was ticked become as that one is. */
export function ChooseFile({ file, ids }: { file: FileEntry; ids: () => number[] }) {
  const change = (event: MouseEvent) => {
    if (event.shiftKey) extend(ids(), file.id)
    else toggle(file.id)
  }
  return <Tick label={messages.choosing.one(file.name)} state={useIsChosen(file.id)} onClick={change} />
}

/** A tick for all comics that are listed now: all, none or some of them are chosen. */
export function ChoosePage({ files }: { files: FileEntry[] }) {
  const selection = useSelection()
  const chosen = files.filter((file) => isChosen(selection, file.id)).length
  const state = chosen === files.length ? chosen > 0 : chosen > 0 ? 'some' : false
  const change = () => choose(files.map(({ id }) => id), state !== true)
  return <Tick label={messages.choosing.page} state={state} onClick={change} />
}

/** The ids of a list in its order, asked for by a function that stays the same: rows need not be drawn anew. */
export function useListed(files: FileEntry[]): () => number[] {
  const latest = useRef(files)
  useLayoutEffect(() => {
    latest.current = files
  })
  return useCallback(() => latest.current.map(({ id }) => id), [])
}

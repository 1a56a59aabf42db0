import { Button } from '@mantine/core'
import { IconX } from '@tabler/icons-react'

import type { Library } from '../api/shapes'
import { messages } from '../messages'
import type { Show } from '../useView'
import { EVERYTHING, type View } from '../view'
import classes from './Chips.module.css'

interface Props {
  view: View
  show: Show
  libraries: Library[] | undefined
}

const CHIPS = ['library', 'series', 'publisher', 'year', 'format', 'folder', 'reason'] as const

/** The filters that were chosen by clicking a value, each with a way to drop it. */
export function Chips({ view, show, libraries }: Props) {
  const shown = CHIPS.filter((key) => view[key] !== null)
  if (shown.length === 0) return null
  const name = libraries?.find((library) => library.id === view.library)?.name
  return (
    <div className={classes.chips} role="group" aria-label={messages.filter.chosen}>
      {shown.map((key) => {
        const value = key === 'library' ? (name ?? String(view.library)) : String(view[key])
        const label = messages.filter.chip[key](value)
        return (
          <button
            key={key}
            type="button"
            className={classes.chip}
            aria-label={messages.filter.remove(label)}
            onClick={() => show({ [key]: null })}
          >
            <span>{label}</span>
            <IconX size={14} stroke={2} aria-hidden="true" />
          </button>
        )
      })}
      <Button size="compact-sm" variant="subtle" onClick={() => show(EVERYTHING)}>
        {messages.filter.clear}
      </Button>
    </div>
  )
}

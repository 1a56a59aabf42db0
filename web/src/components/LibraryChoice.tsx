import { Switch } from '@mantine/core'

import type { Library } from '../api/shapes'
import { messages } from '../messages'
import list from './ListDialog.module.css'

interface Props {
  libraries: Library[]
  chosen: number[] | null // all, if null
  onChange: (chosen: number[] | null) => void
}

/** All libraries, or some of them. */
export function LibraryChoice({ libraries, chosen, onChange }: Props) {
  const toggle = (id: number) =>
    onChange(chosen?.includes(id) ? chosen.filter((one) => one !== id) : [...(chosen ?? []), id])
  return (
    <div role="group" aria-label={messages.users.libraries}>
      <Switch
        label={messages.users.all}
        checked={chosen === null}
        onChange={(event) => onChange(event.currentTarget.checked ? null : [])}
      />
      {chosen && (
        <div className={list.ticks}>
          {libraries.map(({ id, name }) => (
            <label key={id}>
              <input type="checkbox" checked={chosen.includes(id)} onChange={() => toggle(id)} />
              {name}
            </label>
          ))}
        </div>
      )}
    </div>
  )
}

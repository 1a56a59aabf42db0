import { useCallback, useId, useState } from 'react'

import { useFileEvents } from '../../api/events'
import type { FileEvent } from '../../api/stream'
import { messages } from '../../messages'
import classes from './Items.module.css'
import { StateMark } from './StateMark'

const MOST = 50

type Told = FileEvent['data']

/** The comics whose turn has ended since this was opened, the latest first. */
export function Latest({ batch }: { batch: number }) {
  const [latest, set] = useState<Told[]>([])
  const heading = useId()
  const add = useCallback(
    (told: Told[]) => {
      const ours = told.filter((file) => file.batch === batch).reverse()
      set((known) => [...ours, ...known].slice(0, MOST))
    },
    [batch],
  )
  useFileEvents(add)
  if (latest.length === 0) return null
  return (
    <section>
      <h3 id={heading}>{messages.batch.latest}</h3>
      <ul className={classes.latest} aria-labelledby={heading} tabIndex={0}>
        {latest.map((file) => (
          <li key={file.file}>
            <StateMark state={file.state} /> {file.filename}
          </li>
        ))}
      </ul>
    </section>
  )
}

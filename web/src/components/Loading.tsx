import { Skeleton } from '@mantine/core'

import { messages } from '../messages'
import classes from './Loading.module.css'

const ROWS = Array.from({ length: 12 }, (_, row) => row)

/** Grey bars in the place of rows, until the first list arrives. */
export function Loading() {
  return (
    <div className={classes.loading} role="status">
      <span className={classes.spoken}>{messages.list.loading}</span>
      {ROWS.map((row) => (
        <div key={row} className={classes.row}>
          <Skeleton height={14} width={`${38 + ((row * 17) % 30)}%`} />
          <Skeleton height={11} width={`${20 + ((row * 11) % 25)}%`} />
        </div>
      ))}
    </div>
  )
}

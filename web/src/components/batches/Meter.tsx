import { Progress } from '@mantine/core'

import { ended } from '../../api/batches'
import type { Batch } from '../../api/shapes'
import { messages } from '../../messages'
import classes from './Meter.module.css'

/** How far a batch is: n of m, and a bar. Numbers that change each second are no news to a screen reader. */
export function Meter({ batch, label }: { batch: Batch; label: string }) {
  const percent = batch.total === 0 ? 100 : (100 * ended(batch)) / batch.total
  return (
    <div className={classes.meter}>
      <p>
        <strong>{label}</strong>
        <span className={classes.number}>{messages.batch.of(ended(batch), batch.total)}</span>
        {batch.failed + batch.skipped > 0 && (
          <span className={classes.trouble}>{messages.batch.trouble(batch.failed + batch.skipped)}</span>
        )}
      </p>
      <Progress.Root size={8}>
        <Progress.Section value={percent} aria-label={messages.batch.progress(batch.title)} />
      </Progress.Root>
    </div>
  )
}

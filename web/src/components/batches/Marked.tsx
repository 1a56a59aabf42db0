import { Button } from '@mantine/core'

import { useUndo } from '../../api/batches'
import type { Batch } from '../../api/shapes'
import { messages } from '../../messages'
import { ProblemAlert } from '../ProblemAlert'
import classes from './ActionBar.module.css'

/** That comics were marked or unmarked, which is done at once, and the way back. */
export function Marked({ batch }: { batch: Batch }) {
  const undo = useUndo('batches', batch.id)
  const { actions } = messages
  if (undo.error) return <ProblemAlert error={undo.error} onRetry={() => undo.mutate()} />
  const said = batch.kind === 'unmark' ? actions.unmarked : actions.marked
  return (
    <p className={classes.marked} role="status">
      {undo.data ? actions.undone : said(batch.done)}
      {!undo.data && batch.done > 0 && (
        <Button size="compact-sm" variant="subtle" loading={undo.isPending} onClick={() => undo.mutate()}>
          {messages.batch.undo}
        </Button>
      )}
    </p>
  )
}

import { Button } from '@mantine/core'

import { useStartBatch } from '../../api/batches'
import type { Batch } from '../../api/shapes'
import { messages } from '../../messages'
import { useMay } from '../../roles'
import { ProblemAlert } from '../ProblemAlert'
import { Tick } from '../Tick'
import { ask } from './asking'
import { baseName } from './changes'
import classes from './Dialog.module.css'
import { Items } from './Items'
import { useTicks } from './useTicks'

const texts = messages.batch

/** What a batch would do, what it would not and why; it starts with what is ticked. */
export function Preview({ batch, onDiscard }: { batch: Batch; onDiscard: () => void }) {
  const may = useMay('editor')
  const ticks = useTicks(batch.done)
  const start = useStartBatch(batch.id)
  const go = () => start.mutate(ticks.start, { onSuccess: () => ask(null) }) // the editor has waited below
  const deletes = batch.kind === 'delete' || batch.kind === 'purge'
  return (
    <>
      <p role="status">{texts.preview(batch.done, batch.unchanged, batch.skipped + batch.failed)}</p>
      {batch.skipped + batch.failed > 0 && <h3>{texts.refused(batch.skipped + batch.failed)}</h3>}
      {batch.skipped > 0 && <Items batch={batch} state="skipped" />}
      {batch.failed > 0 && <Items batch={batch} state="failed" />}
      {batch.done > 0 && (
        <>
          <div className={classes.heading}>
            <Tick label={texts.tickAll} state={ticks.all} onClick={ticks.toggleAll} />
            <h3>{texts.changes(ticks.number, batch.done)}</h3>
          </div>
          <Items
            batch={batch}
            state="done"
            tick={({ seq, path }) => (
              <Tick
                label={texts.tick(baseName(path))}
                state={ticks.has(seq)}
                onClick={() => ticks.toggle(seq)}
              />
            )}
          />
        </>
      )}
      {start.error && <ProblemAlert error={start.error} onRetry={go} />}
      <div className={classes.buttons}>
        {batch.done > 0 && may && (
          <Button
            className={deletes ? classes.danger : undefined}
            loading={start.isPending}
            disabled={ticks.number === 0}
            onClick={go}
          >
            {texts.start(messages.actions.does[batch.kind], ticks.number)}
          </Button>
        )}
        <Button variant="default" onClick={onDiscard}>
          {batch.done > 0 && may ? texts.discard : texts.close}
        </Button>
      </div>
    </>
  )
}

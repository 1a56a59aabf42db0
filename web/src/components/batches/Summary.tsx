import { Button } from '@mantine/core'
import { useState } from 'react'

import { useChangeBatch, useUndo } from '../../api/batches'
import type { Batch, Item } from '../../api/shapes'
import { count, date, seconds } from '../../human'
import { messages } from '../../messages'
import { useMay } from '../../roles'
import type { Show } from '../../useView'
import { ProblemAlert } from '../ProblemAlert'
import classes from './Dialog.module.css'
import { Items } from './Items'
import { StateMark } from './StateMark'

const texts = messages.batch

const ENDS = ['failed', 'skipped', 'done', 'unchanged'] as const satisfies readonly Item['state'][]
type End = (typeof ENDS)[number]

/** What a batch has come to: how many comics in which way, why some were not done, and the way back. */
export function Summary({ batch, show }: { batch: Batch; show: Show }) {
  const shown = ENDS.filter((end) => batch[end] > 0)
  const [chosen, choose] = useState<End | null>(null)
  const end = chosen ?? shown[0]
  return (
    <>
      <p role="status">
        {texts.state[batch.state]}
        {batch.finished_at && `, ${date(seconds(batch.finished_at))}`}
        {batch.total === 0 && ` ${texts.nothing}`}
      </p>
      <div className={classes.ends} role="group" aria-label={texts.ends}>
        {shown.map((state) => (
          <button key={state} type="button" aria-pressed={state === end} onClick={() => choose(state)}>
            <StateMark state={state} /> {count(batch[state])}
          </button>
        ))}
      </div>
      {end && <Items key={end} batch={batch} state={end} />}
      <Ways batch={batch} show={show} />
    </>
  )
}

/** To try again what has failed, and to undo what was done. */
function Ways({ batch, show }: { batch: Batch; show: Show }) {
  const change = useChangeBatch(batch.id)
  const undo = useUndo('batches', batch.id)
  const back = () => undo.mutate(undefined, { onSuccess: ({ id }) => show({ batch: id }, { replace: true }) })
  const error = undo.error ?? change.error
  const may = useMay('editor')
  const canUndo = may && batch.done > 0 && batch.kind !== 'undo' && batch.kind !== 'purge'
  const canRetry = may && batch.failed > 0 && batch.state === 'done'
  return (
    <>
      {error && (
        <ProblemAlert
          error={error}
          onRetry={() => {
            undo.reset()
            change.reset()
          }}
        />
      )}
      <div className={classes.buttons}>
        {canRetry && (
          <Button loading={change.isPending} onClick={() => change.mutate('retry')}>
            {texts.retry(batch.failed)}
          </Button>
        )}
        {canUndo && (
          <Button variant="default" loading={undo.isPending} onClick={back}>
            {texts.undo}
          </Button>
        )}
        <Button variant="default" onClick={() => show({ batch: null })}>
          {texts.close}
        </Button>
      </div>
    </>
  )
}

import { Button } from '@mantine/core'

import { useChangeBatch, type Verb } from '../../api/batches'
import type { Batch } from '../../api/shapes'
import { messages } from '../../messages'
import { For } from '../For'
import { ProblemAlert } from '../ProblemAlert'
import classes from './Dialog.module.css'
import { Items } from './Items'
import { Latest } from './Latest'
import { Meter } from './Meter'

const texts = messages.batch

/** A batch that goes on or is paused: how far it is, and the comics as their turn ends. */
export function Running({ batch, onLeave }: { batch: Batch; onLeave: () => void }) {
  const change = useChangeBatch(batch.id)
  const paused = batch.state === 'paused'
  const button = (verb: Verb) => (
    <Button variant="default" disabled={change.isPending} onClick={() => change.mutate(verb)}>
      {texts.verb[verb]}
    </Button>
  )
  return (
    <>
      <Meter batch={batch} label={texts.state[batch.state]} />
      <p className={classes.hint}>{texts.goesOn}</p>
      <Latest batch={batch.id} />
      {change.error && <ProblemAlert error={change.error} onRetry={change.reset} />}
      {batch.failed + batch.skipped > 0 && (
        <>
          <h3>{texts.notDone}</h3>
          <Items batch={batch} state="failed" />
          <Items batch={batch} state="skipped" />
        </>
      )}
      <div className={classes.buttons}>
        <Button onClick={onLeave}>{texts.minimise}</Button>
        <For role="editor">
          {button(paused ? 'resume' : 'pause')}
          {button('cancel')}
        </For>
      </div>
    </>
  )
}

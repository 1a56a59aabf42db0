import { IconEye, IconLoader2, IconPlayerPause } from '@tabler/icons-react'

import { ended, useUnderWay } from '../../api/batches'
import type { Batch } from '../../api/shapes'
import { messages } from '../../messages'
import type { Show } from '../../useView'
import classes from './BatchPill.module.css'

/** The batches that are under way, in the header: a click opens one again, on whatever device. */
export function BatchPill({ show }: { show: Show }) {
  const batches = useUnderWay()
  const [first, ...others] = batches
  if (!first) return null
  return (
    <div className={classes.pills}>
      <Pill batch={first} show={show} />
      {others.length > 0 && (
        <button type="button" className={classes.pill} onClick={() => show({ place: 'batches' })}>
          {messages.batch.others(others.length)}
        </button>
      )}
    </div>
  )
}

const ICONS = { previewed: IconEye, paused: IconPlayerPause }

function Pill({ batch, show }: { batch: Batch; show: Show }) {
  const Symbol = batch.state === 'previewed' || batch.state === 'paused' ? ICONS[batch.state] : IconLoader2
  const { batch: texts } = messages
  return (
    <button
      type="button"
      className={classes.pill}
      data-state={batch.state}
      aria-label={texts.open(batch.title)}
      onClick={() => show({ batch: batch.id })}
    >
      <Symbol size={15} stroke={2} aria-hidden="true" />
      <span className={classes.title}>{batch.title}</span>
      <span>{batch.state === 'previewed' ? texts.ready : texts.of(ended(batch), batch.total)}</span>
    </button>
  )
}

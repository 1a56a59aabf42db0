import { ended, isUnderWay, useBatches } from '../../api/batches'
import type { Batch } from '../../api/shapes'
import { ago, count, date, seconds } from '../../human'
import { messages } from '../../messages'
import type { Show } from '../../useView'
import { Answer, More } from '../Answer'
import { Meter } from '../batches/Meter'
import type { PlaceProps } from '../Place'
import classes from './BatchesPlace.module.css'

const { batch: texts, batches: own } = messages

/** All that was done or is being done, the newest first; a click opens it. */
export default function BatchesPlace({ show }: PlaceProps) {
  const batches = useBatches()
  return (
    <>
      <Answer query={batches}>
        {(made) =>
          made.length === 0 ? (
            <p className={classes.none}>{own.none}</p>
          ) : (
            <ul className={classes.batches} aria-label={messages.places.batches}>
              {made.map((batch) => (
                <Row key={batch.id} batch={batch} show={show} />
              ))}
            </ul>
          )
        }
      </Answer>
      <More query={batches} />
    </>
  )
}

function Row({ batch, show }: { batch: Batch; show: Show }) {
  const made = seconds(batch.created_at)
  return (
    <li className={classes.batch} data-state={batch.state}>
      <button type="button" className={classes.open} onClick={() => show({ batch: batch.id })}>
        {batch.title}
      </button>
      <span className={classes.state}>{texts.state[batch.state]}</span>
      <time dateTime={batch.created_at} title={date(made)}>
        {ago(made)}
      </time>
      {isUnderWay(batch) && ended(batch) < batch.total ? (
        <div className={classes.meter}>
          <Meter batch={batch} label="" />
        </div>
      ) : (
        <p className={classes.ends}>{describe(batch)}</p>
      )}
    </li>
  )
}

function describe(batch: Batch): string {
  const ends = (['done', 'unchanged', 'skipped', 'failed'] as const).filter((end) => batch[end] > 0)
  if (batch.state === 'previewed') return texts.preview(batch.done, batch.unchanged, batch.skipped + batch.failed)
  return ends.map((end) => `${texts.item[end]}: ${count(batch[end])}`).join(' · ') || texts.nothing
}

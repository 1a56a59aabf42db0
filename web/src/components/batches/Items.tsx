import type { ReactNode } from 'react'

import { useItems } from '../../api/batches'
import type { Batch, Item } from '../../api/shapes'
import { messages } from '../../messages'
import { Answer, More } from '../Answer'
import { Changes } from './Changes'
import { baseName, lines } from './changes'
import classes from './Items.module.css'
import { Reasons } from './Reasons'
import { StateMark } from './StateMark'

interface Props {
  batch: Batch
  state: Item['state']
  tick?: (item: Item) => ReactNode
}

/** The comics of a batch that have ended in one way, a page at a time; of a preview, that would. */
export function Items({ batch, state, tick }: Props) {
  const items = useItems(batch.id, state)
  const isTrouble = state === 'skipped' || state === 'failed'
  return (
    <>
      <Answer query={items}>
        {(told) =>
          isTrouble ? (
            <Reasons items={told} state={state} />
          ) : (
            <ul className={classes.items} aria-label={messages.batch.item[state]}>
              {told.map((item) => (
                <Entry key={item.seq} item={item} tick={tick?.(item)} />
              ))}
            </ul>
          )
        }
      </Answer>
      <More query={items} />
    </>
  )
}

/** Its name is not said twice where a new one is shown beside it. */
function Entry({ item, tick }: { item: Item; tick: ReactNode }) {
  const { before, after, path } = item
  const named = lines(before, after).some(({ field }) => field === 'path')
  return (
    <li className={classes.item} title={path}>
      {tick}
      <div className={classes.told}>
        {(!before || !named || !item.preview) && (
          <p className={classes.path}>
            <strong>{baseName(path)}</strong>
            {!item.preview && <StateMark state={item.state} />}
          </p>
        )}
        {before && <Changes before={before} after={after} />}
      </div>
    </li>
  )
}

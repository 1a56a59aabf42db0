import type { Item } from '../../api/shapes'
import { count } from '../../human'
import { messages } from '../../messages'
import { baseName } from './changes'
import classes from './Items.module.css'
import { StateMark } from './StateMark'

/** Comics that were not changed, below the reason that they have in common. */
export function Reasons({ items, state }: { items: Item[]; state: Item['state'] }) {
  return [...byReason(items)].map(([reason, those]) => (
    <details key={reason} className={classes.reason} open={those.length <= 5}>
      <summary>
        <span>{reason}</span>
        <span>
          <StateMark state={state} /> {count(those.length)}
        </span>
      </summary>
      <ul aria-label={reason}>
        {those.map((item) => (
          <li key={item.seq} title={item.path}>
            {baseName(item.path)}
          </li>
        ))}
      </ul>
    </details>
  ))
}

function byReason(items: Item[]): Map<string, Item[]> {
  const reasons = new Map<string, Item[]>()
  for (const item of items) {
    const reason = item.error ?? messages.batch.noReason
    reasons.set(reason, [...(reasons.get(reason) ?? []), item])
  }
  return reasons
}

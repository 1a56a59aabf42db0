import { IconAlertTriangle, IconBan, IconCheck, IconClock, type Icon, IconEqual } from '@tabler/icons-react'

import type { Item } from '../../api/shapes'
import { messages } from '../../messages'
import classes from './Items.module.css'

type State = Item['state']

const ICONS: Record<State, Icon> = {
  todo: IconClock,
  running: IconClock,
  done: IconCheck,
  unchanged: IconEqual,
  skipped: IconBan,
  failed: IconAlertTriangle,
}

/** How a comic's turn has ended, as a sign and as a word. */
export function StateMark({ state }: { state: State }) {
  const Symbol = ICONS[state]
  return (
    <span className={classes.state} data-state={state}>
      <Symbol size={15} stroke={2} aria-hidden="true" />
      {messages.batch.item[state]}
    </span>
  )
}

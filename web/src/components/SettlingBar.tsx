import { Button, CloseButton } from '@mantine/core'

import { messages } from '../messages'
import type { Settling } from '../settling'
import classes from './batches/ActionBar.module.css'
import { ask } from './batches/asking'

const texts = messages.settling

/** The groups that are chosen, and the way to settle all of them at once. */
export function SettlingBar({ settling }: { settling: Settling }) {
  if (settling.number === 0) return null
  return (
    <section className={classes.bar} aria-label={texts.label}>
      <div className={classes.chosen}>
        <CloseButton aria-label={texts.clear} title={texts.clear} onClick={settling.clear} />
        <strong role="status">{texts.number(settling.number)}</strong>
      </div>
      <Button size="compact-md" onClick={() => ask({ about: 'copies', groups: settling.settled() })}>
        {texts.settle}
      </Button>
    </section>
  )
}

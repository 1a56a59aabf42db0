import { Button } from '@mantine/core'

import type { Batch } from '../../api/shapes'
import { messages } from '../../messages'
import classes from './Dialog.module.css'
import { Meter } from './Meter'

interface Props {
  batch: Batch
  onDiscard: () => void
  onLeave: () => void
}

/** A preview that is being worked out; nothing is touched by it. */
export function Previewing({ batch, onDiscard, onLeave }: Props) {
  const { batch: texts } = messages
  return (
    <>
      <Meter batch={batch} label={texts.lookingAt} />
      <p className={classes.hint}>{texts.untouched}</p>
      <div className={classes.buttons}>
        <Button variant="default" onClick={onLeave}>
          {texts.minimise}
        </Button>
        <Button variant="default" onClick={onDiscard}>
          {texts.discard}
        </Button>
      </div>
    </>
  )
}

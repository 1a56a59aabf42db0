import { Button } from '@mantine/core'
import { useState } from 'react'

import { usePreview } from '../../api/batches'
import { messages } from '../../messages'
import { count, meant, type Selection } from '../../selection'
import { ProblemAlert } from '../ProblemAlert'
import { ask } from './asking'
import { Dialog } from './Dialog'
import classes from './Dialog.module.css'

const texts = messages.deleting

/** Whether what is deleted can be had back; nothing is deleted before the preview was seen. */
export function DeleteQuestion({ selection }: { selection: Selection }) {
  const [permanent, set] = useState(false)
  const preview = usePreview()
  const close = () => ask(null)
  const go = () =>
    preview.mutate(
      { kind: 'delete', permanent, ...(permanent && { title: texts.permanently }), ...meant(selection) },
      close,
    )
  const choice = (value: boolean, label: string, hint: string) => (
    <label className={classes.choice}>
      <input
        type="radio"
        name="permanent"
        aria-label={label}
        checked={permanent === value}
        onChange={() => set(value)}
      />
      <span>
        {label}
        <span className={classes.hint}>{hint}</span>
      </span>
    </label>
  )
  return (
    <Dialog title={texts.title(count(selection))} onClose={close} narrow>
      {choice(false, texts.trash, texts.trashHint)}
      {choice(true, texts.permanently, texts.permanentlyHint)}
      {preview.error && <ProblemAlert error={preview.error} onRetry={go} />}
      <div className={classes.buttons}>
        <Button data-autofocus loading={preview.isPending} onClick={go}>
          {messages.batch.look}
        </Button>
        <Button variant="default" onClick={close}>
          {messages.batch.discard}
        </Button>
      </div>
    </Dialog>
  )
}

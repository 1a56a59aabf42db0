import { Button } from '@mantine/core'
import { useState } from 'react'

import { usePreview } from '../../api/batches'
import { messages } from '../../messages'
import { count, meant, type Selection } from '../../selection'
import { ProblemAlert } from '../ProblemAlert'
import { ask } from './asking'
import { Choice } from './Choice'
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
  return (
    <Dialog title={texts.title(count(selection))} onClose={close} narrow>
      <Choice
        name="permanent"
        label={texts.trash}
        hint={texts.trashHint}
        checked={!permanent}
        onChoose={() => set(false)}
      />
      <Choice
        name="permanent"
        label={texts.permanently}
        hint={texts.permanentlyHint}
        checked={permanent}
        onChoose={() => set(true)}
      />
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

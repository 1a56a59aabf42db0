import { Button } from '@mantine/core'
import { useState } from 'react'

import { usePreview } from '../../api/batches'
import type { NewBatch } from '../../api/shapes'
import { messages } from '../../messages'
import { leaving, type Settled } from '../../settling'
import { ProblemAlert } from '../ProblemAlert'
import { ask } from './asking'
import { Choice } from './Choice'
import classes from './CopiesQuestion.module.css'
import { Dialog } from './Dialog'
import dialog from './Dialog.module.css'

const { deleting, settling: texts } = messages

/** The ways in which copies can go. */
const WAYS = {
  move: { label: texts.move, hint: texts.moveHint, batch: { kind: 'deduplicate' } },
  trash: { label: deleting.trash, hint: deleting.trashHint, batch: { kind: 'delete' } },
  permanently: {
    label: deleting.permanently,
    hint: deleting.permanentlyHint,
    batch: { kind: 'delete', permanent: true, title: deleting.permanently },
  },
} satisfies Record<string, { label: string; hint: string; batch: NewBatch }>

type Way = keyof typeof WAYS

/** Which copies of many groups are kept and why, and where the others go: one batch for all of them. */
export function CopiesQuestion({ groups }: { groups: Settled[] }) {
  const [way, setWay] = useState<Way>('move')
  const preview = usePreview()
  const files = leaving(groups)
  const close = () => ask(null)
  const go = () => preview.mutate({ ...WAYS[way].batch, files }, close)
  return (
    <Dialog title={texts.title(files.length, groups.length)} onClose={close}>
      <fieldset className={classes.ways}>
        <legend>{texts.way}</legend>
        {(Object.keys(WAYS) as Way[]).map((one) => (
          <Choice
            key={one}
            name="way"
            label={WAYS[one].label}
            hint={WAYS[one].hint}
            checked={way === one}
            onChoose={() => setWay(one)}
          />
        ))}
      </fieldset>
      <ul className={classes.groups} aria-label={texts.groups}>
        {groups.map((group) => (
          <Group key={group.keep.id} group={group} />
        ))}
      </ul>
      {preview.error && <ProblemAlert error={preview.error} onRetry={go} />}
      <div className={dialog.buttons}>
        <Button data-autofocus loading={preview.isPending} disabled={files.length === 0} onClick={go}>
          {messages.batch.look}
        </Button>
        <Button variant="default" onClick={close}>
          {messages.batch.discard}
        </Button>
      </div>
    </Dialog>
  )
}

function Group({ group: { keep, others, why } }: { group: Settled }) {
  return (
    <li className={classes.group}>
      <p>
        <strong className={classes.kept}>{texts.kept}</strong> {keep.relative_path}
      </p>
      <p className={dialog.hint}>{why === null ? texts.chosen : why.join(' ')}</p>
      <ul aria-label={texts.leaving}>
        {others.map(({ id, relative_path: path }) => (
          <li key={id} className={classes.leaving}>
            <strong>{texts.goes}</strong> {path}
          </li>
        ))}
      </ul>
    </li>
  )
}

import { Button } from '@mantine/core'
import { type FormEvent, useState } from 'react'

import { usePreview } from '../../api/batches'
import { messages } from '../../messages'
import { count, meant, type Selection } from '../../selection'
import { ProblemAlert } from '../ProblemAlert'
import { ask } from './asking'
import { Dialog } from './Dialog'
import classes from './Dialog.module.css'
import { type Draft, edits, type FieldDraft } from './draft'
import { ManyComics } from './ManyComics'
import { OneComic } from './OneComic'

const texts = messages.editor

interface Props {
  selection: Selection
  opened: boolean // while the preview is looked at, what was typed waits
}

/** Edit the tags of one comic or of many; they are shown as old and new before any is written. */
export function TagEditor({ selection, opened }: Props) {
  const [draft, setDraft] = useState<Draft>({})
  const preview = usePreview()
  const staged = edits(draft)
  const put = (field: string, one: FieldDraft) => setDraft((known) => ({ ...known, [field]: one }))
  const only = 'ids' in selection && selection.ids.size === 1 ? [...selection.ids][0] : undefined
  const submit = (event?: FormEvent) => {
    event?.preventDefault()
    preview.mutate({ kind: 'tags', edits: { edits: staged }, ...meant(selection) })
  }
  return (
    <Dialog title={texts.title(count(selection))} onClose={() => ask(null)} opened={opened}>
      <form className={classes.form} onSubmit={submit}>
        {only === undefined ? (
          <ManyComics draft={draft} put={put} />
        ) : (
          <OneComic id={only} draft={draft} put={put} />
        )}
        {preview.error && <ProblemAlert error={preview.error} onRetry={submit} />}
        <div className={classes.buttons}>
          <Button type="submit" loading={preview.isPending} disabled={staged.length === 0}>
            {texts.preview(staged.length)}
          </Button>
          <Button variant="default" onClick={() => ask(null)}>
            {messages.batch.discard}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

import { Button } from '@mantine/core'
import { type FormEvent, useState } from 'react'

import { useSaveLibrary } from '../api/queries'
import { messages } from '../messages'
import type { Show } from '../useView'
import classes from './FirstRun.module.css'
import { FolderField } from './FolderField'
import { Notice } from './Notice'
import { OpenDoor } from './OpenDoor'
import { ProblemAlert } from './ProblemAlert'

const texts = messages.first

/** There is no library yet: which folder is the first one? Its scan then fills the list. */
export default function FirstRun({ show }: { show: Show }) {
  const save = useSaveLibrary(null)
  const [root, setRoot] = useState('')
  const submit = () => save.mutate({ root: root.trim() })
  return (
    <Notice title={texts.title} hint={texts.hint}>
      <form
        className={classes.form}
        aria-label={texts.title}
        onSubmit={(event: FormEvent) => {
          event.preventDefault()
          submit()
        }}
      >
        <FolderField label={messages.libraries.form.root} value={root} onChange={setRoot} unfolded />
        <Button type="submit" loading={save.isPending}>
          {texts.start}
        </Button>
        {save.error && <ProblemAlert error={save.error} onRetry={submit} />}
      </form>
      <OpenDoor show={show} />
    </Notice>
  )
}

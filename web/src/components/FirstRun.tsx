import { Button, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'

import { useSaveLibrary } from '../api/queries'
import { messages } from '../messages'
import classes from './FirstRun.module.css'
import { Notice } from './Notice'
import { ProblemAlert } from './ProblemAlert'

const texts = messages.first

/** There is no library yet: which folder is the first one? Its scan then fills the list. */
export function FirstRun() {
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
        <TextInput
          label={messages.libraries.form.root}
          placeholder="/srv/comics"
          value={root}
          onChange={(event) => setRoot(event.currentTarget.value)}
          required
        />
        <Button type="submit" loading={save.isPending}>
          {texts.start}
        </Button>
        {save.error && <ProblemAlert error={save.error} onRetry={submit} />}
      </form>
    </Notice>
  )
}

import { Button, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'

import { useRemoveLibrary } from '../api/queries'
import type { Library } from '../api/shapes'
import { messages } from '../messages'
import own from './places/LibrariesPlace.module.css'
import { ProblemAlert } from './ProblemAlert'

const texts = messages.libraries

/** What is lost with a library, and its name to be typed by whoever means it. */
export function LibraryRemoval({ library, onClose }: { library: Library; onClose: () => void }) {
  const remove = useRemoveLibrary(library)
  const [typed, type] = useState('')
  return (
    <form
      className={own.form}
      aria-label={texts.remove(library.name)}
      onSubmit={(event: FormEvent) => {
        event.preventDefault()
        remove.mutate()
      }}
    >
      <p>{texts.forget(library.files + library.missing)}</p>
      <TextInput
        label={texts.confirm(library.name)}
        value={typed}
        onChange={(event) => type(event.currentTarget.value)}
        autoFocus
      />
      {remove.error && <ProblemAlert error={remove.error} onRetry={() => remove.mutate()} />}
      <div className={own.buttons}>
        <Button
          type="submit"
          size="xs"
          color="red"
          loading={remove.isPending}
          disabled={typed !== library.name}
        >
          {texts.removeShort}
        </Button>
        <Button size="xs" variant="default" onClick={onClose}>
          {texts.cancel}
        </Button>
      </div>
    </form>
  )
}

import { Button, Switch, Textarea, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'

import { useSaveLibrary } from '../api/queries'
import type { Library, NewLibrary } from '../api/shapes'
import { messages } from '../messages'
import { FolderField } from './FolderField'
import own from './places/LibrariesPlace.module.css'
import { ProblemAlert } from './ProblemAlert'

const texts = messages.libraries.form

interface Fields {
  root: string
  name: string
  schedule: string
  excludes: string
  watch: boolean
  readOnly: boolean
}

/** How a library is kept, to be changed; without one, a library to add. */
export function LibraryForm({ library, onClose }: { library: Library | null; onClose: () => void }) {
  const save = useSaveLibrary(library?.id ?? null)
  const [fields, set] = useState(() => fill(library))
  const text = (name: 'name' | 'schedule' | 'excludes') => ({
    label: texts[name],
    description: texts[`${name}Hint`],
    value: fields[name],
    onChange: (event: { currentTarget: { value: string } }) =>
      set({ ...fields, [name]: event.currentTarget.value }),
  })
  const flag = (name: 'watch' | 'readOnly') => ({
    label: texts[name],
    checked: fields[name],
    onChange: (event: { currentTarget: { checked: boolean } }) =>
      set({ ...fields, [name]: event.currentTarget.checked }),
  })
  const submit = () => save.mutate(read(fields), { onSuccess: onClose })
  return (
    <form
      className={own.form}
      aria-label={library ? messages.libraries.edit(library.name) : messages.libraries.add}
      onSubmit={(event: FormEvent) => {
        event.preventDefault()
        submit()
      }}
    >
      <FolderField
        label={texts.root}
        description={texts.rootHint}
        value={fields.root}
        onChange={(root) => set({ ...fields, root })}
        autoFocus
      />
      <TextInput {...text('name')} />
      <TextInput {...text('schedule')} />
      <Textarea {...text('excludes')} rows={3} />
      <Switch {...flag('watch')} />
      <Switch {...flag('readOnly')} />
      {save.error && <ProblemAlert error={save.error} onRetry={submit} />}
      <div className={own.buttons}>
        <Button type="submit" size="xs" loading={save.isPending}>
          {messages.libraries.save}
        </Button>
        <Button size="xs" variant="default" onClick={onClose}>
          {messages.libraries.cancel}
        </Button>
      </div>
    </form>
  )
}

function fill(library: Library | null): Fields {
  return {
    root: library?.root ?? '',
    name: library?.name ?? '',
    schedule: library?.schedule ?? '',
    excludes: library?.excludes.join('\n') ?? '',
    watch: library?.watch ?? false,
    readOnly: library?.read_only ?? false,
  }
}

function read({ root, name, schedule, excludes, watch, readOnly }: Fields): NewLibrary {
  return {
    root,
    ...(name && { name }),
    schedule: schedule.trim() || null,
    excludes: excludes.split('\n').filter((glob) => glob.trim()),
    watch,
    read_only: readOnly,
  }
}

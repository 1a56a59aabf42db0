import { Button, TextInput } from '@mantine/core'
import { type ReactNode, useId, useState } from 'react'

import { messages } from '../messages'
import classes from './FolderField.module.css'
import { FolderPicker } from './FolderPicker'

interface Props {
  label: string
  description?: ReactNode
  value: string
  onChange: (path: string) => void
  unfolded?: boolean
  autoFocus?: boolean
}

/** A folder of the server: its path is typed, or found by looking through the folders there. */
export function FolderField({ value, onChange, unfolded = false, ...input }: Props) {
  const [opened, open] = useState(unfolded)
  const picker = useId()
  return (
    <div className={classes.field}>
      <div className={classes.line}>
        <TextInput
          {...input}
          className={classes.path ?? ''}
          placeholder="/srv/comics"
          value={value}
          onChange={(event) => onChange(event.currentTarget.value)}
          autoComplete="off"
          spellCheck={false}
          required
        />
        <Button
          variant="default"
          aria-expanded={opened}
          aria-controls={opened ? picker : undefined}
          onClick={() => open(!opened)}
        >
          {messages.picker.browse}
        </Button>
      </div>
      {opened && <FolderPicker id={picker} path={value} onChoose={onChange} />}
    </div>
  )
}

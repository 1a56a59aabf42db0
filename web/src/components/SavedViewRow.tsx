import { ActionIcon, Button, TextInput } from '@mantine/core'
import { IconPencil, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'

import { messages } from '../messages'
import classes from './ListDialog.module.css'

const texts = messages.views

interface Props {
  name: string
  isShown: boolean
  onChoose: () => void
  onRename: (name: string) => void
  onDelete: () => void
}

/** A view by its name, which may be typed over. */
export function SavedViewRow({ name, isShown, onChoose, onRename, onDelete }: Props) {
  const [renames, setRenames] = useState(false)
  const rename = (form: FormData) => {
    const typed = String(form.get('name')).trim()
    setRenames(false)
    if (typed && typed !== name) onRename(typed)
  }
  if (renames) {
    return (
      <li>
        <form className={classes.form} action={rename}>
          <TextInput
            name="name"
            aria-label={texts.newName(name)}
            defaultValue={name}
            maxLength={100}
            data-autofocus
            autoFocus
            required
          />
          <Button type="submit">{texts.rename}</Button>
        </form>
      </li>
    )
  }
  return (
    <li>
      <button type="button" className={classes.view} aria-current={isShown} onClick={onChoose}>
        {name}
      </button>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={texts.renameNamed(name)}
        title={texts.rename}
        onClick={() => setRenames(true)}
      >
        <IconPencil size={18} stroke={1.8} />
      </ActionIcon>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={texts.deleteNamed(name)}
        title={texts.delete}
        onClick={onDelete}
      >
        <IconTrash size={18} stroke={1.8} />
      </ActionIcon>
    </li>
  )
}

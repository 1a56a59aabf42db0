import { Alert, Button } from '@mantine/core'
import { useState } from 'react'

import type { User } from '../api/shapes'
import { useRemove, useSaveUser } from '../api/users'
import { messages } from '../messages'
import classes from './places/places.module.css'
import { Refusal } from './Refusal'

const texts = messages.users

/** What can be done to a user; to remove one is asked once more. */
export function UserVerbs({ user, onEdit }: { user: User; onEdit: () => void }) {
  const save = useSaveUser(user.id)
  const remove = useRemove('users', user.id)
  const [asked, ask] = useState(false)
  const turn = user.disabled_at ? 'enable' : 'disable'
  const verbs = [
    ['edit', onEdit],
    [turn, () => save.mutate({ disabled: turn === 'disable' })],
    ['remove', () => ask(true)],
  ] as const
  return (
    <>
      <div className={classes.buttons}>
        {verbs.map(([verb, act]) => (
          <Button
            key={verb}
            size="xs"
            variant="default"
            aria-label={texts[verb](user.name)}
            loading={verb === turn && save.isPending}
            onClick={act}
          >
            {texts.short[verb]}
          </Button>
        ))}
      </div>
      {asked && (
        <Alert className={classes.whole} color="red" role="alertdialog" aria-label={texts.remove(user.name)}>
          <p className={classes.meant}>{texts.sure(user.name)}</p>
          <div className={classes.buttons}>
            <Button size="xs" color="red" loading={remove.isPending} onClick={() => remove.mutate()} autoFocus>
              {texts.short.remove}
            </Button>
            <Button size="xs" variant="default" onClick={() => ask(false)}>
              {messages.libraries.cancel}
            </Button>
          </div>
        </Alert>
      )}
      <Refusal error={save.error ?? remove.error} />
    </>
  )
}

import { Button, NativeSelect, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'

import type { Library, NewUser, User, UserChange } from '../api/shapes'
import { useSaveUser } from '../api/users'
import { messages } from '../messages'
import { type Role, ROLES } from '../roles'
import form from './CredentialsForm.module.css'
import { LibraryChoice } from './LibraryChoice'
import classes from './places/places.module.css'
import { Refusal } from './Refusal'

const texts = messages.users

interface Fields {
  name: string
  password: string
  role: Role
  libraries: number[] | null
}

interface Props {
  user: User | null
  libraries: Library[]
  onClose: () => void
}

/** A user to be changed; without one, a user to add. */
export function UserForm({ user, libraries, onClose }: Props) {
  const save = useSaveUser(user?.id ?? null)
  const [fields, set] = useState(() => fill(user))
  const submit = () => save.mutate(read(fields, user), { onSuccess: onClose })
  return (
    <form
      className={`${form.form} ${classes.narrow} ${classes.whole}`}
      aria-label={user ? texts.edit(user.name) : texts.add}
      onSubmit={(event: FormEvent) => {
        event.preventDefault()
        submit()
      }}
    >
      <TextInput
        label={messages.session.name}
        autoComplete="off"
        value={fields.name}
        onChange={(event) => set({ ...fields, name: event.currentTarget.value })}
        required
        withAsterisk={false}
        autoFocus
      />
      <TextInput
        label={user ? texts.newPassword : messages.session.password}
        description={user ? texts.keepPassword : messages.session.passwordHint}
        type="password"
        autoComplete="new-password"
        minLength={8}
        value={fields.password}
        onChange={(event) => set({ ...fields, password: event.currentTarget.value })}
        required={user === null}
        withAsterisk={false}
      />
      <NativeSelect
        label={texts.role}
        description={messages.session.may[fields.role]}
        value={fields.role}
        onChange={(event) => set({ ...fields, role: ROLES.find((one) => one === event.currentTarget.value) ?? 'viewer' })}
        data={ROLES.map((role) => ({ value: role, label: messages.session.role[role] }))}
      />
      {fields.role !== 'admin' && libraries.length > 0 && (
        <LibraryChoice
          libraries={libraries}
          chosen={fields.libraries}
          onChange={(chosen) => set({ ...fields, libraries: chosen })}
        />
      )}
      <Refusal error={save.error} />
      <div className={classes.buttons}>
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

function fill(user: User | null): Fields {
  return { name: user?.name ?? '', password: '', role: user?.role ?? 'viewer', libraries: user?.libraries ?? null }
}

/** An admin has all libraries; a password that is left empty stays. */
function read({ name, password, role, libraries }: Fields, user: User | null): NewUser | UserChange {
  const wanted = { name: name.trim(), role, libraries: role === 'admin' ? null : libraries }
  return user && !password ? wanted : { ...wanted, password }
}

import { Button, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'

import type { Credentials } from '../api/session'
import { messages } from '../messages'
import classes from './CredentialsForm.module.css'
import { Refusal } from './Refusal'

const texts = messages.session

interface Props {
  label: string
  submit: string
  entering: { mutate: (known: Credentials) => void; isPending: boolean; error: Error | null }
  isNew?: boolean // a password is chosen, rather than told
  autoFocus?: boolean
}

/** A name and a password, as password managers know them. */
export function CredentialsForm({ label, submit, entering, isNew = false, autoFocus = false }: Props) {
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  return (
    <form
      className={classes.form}
      aria-label={label}
      onSubmit={(event: FormEvent) => {
        event.preventDefault()
        if (!entering.isPending) entering.mutate({ name: name.trim(), password })
      }}
    >
      <TextInput
        label={texts.name}
        name="username"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        required
        withAsterisk={false}
        autoFocus={autoFocus}
      />
      <TextInput
        label={texts.password}
        description={isNew ? texts.passwordHint : undefined}
        name="password"
        type="password"
        autoComplete={isNew ? 'new-password' : 'current-password'}
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
        minLength={isNew ? 8 : undefined}
        required
        withAsterisk={false}
      />
      <Refusal error={entering.error} />
      <Button type="submit" loading={entering.isPending}>
        {submit}
      </Button>
    </form>
  )
}

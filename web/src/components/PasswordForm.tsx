import { Button, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'

import { useChangePassword } from '../api/session'
import { messages } from '../messages'
import form from './CredentialsForm.module.css'
import classes from './places/places.module.css'
import { Refusal } from './Refusal'

const texts = messages.account
const EMPTY = { current: '', password: '' }

/** One's own password, to be changed by whoever knows the present one. */
export function PasswordForm({ name }: { name: string }) {
  const change = useChangePassword()
  const [typed, type] = useState(EMPTY)
  const field = (key: keyof typeof EMPTY) => ({
    type: 'password',
    value: typed[key],
    onChange: (event: { currentTarget: { value: string } }) =>
      type({ ...typed, [key]: event.currentTarget.value }),
    required: true,
    withAsterisk: false,
  })
  return (
    <section className={classes.narrow}>
      <h3>{texts.password}</h3>
      <form
        className={form.form}
        aria-label={texts.change}
        onSubmit={(event: FormEvent) => {
          event.preventDefault()
          change.mutate(typed, { onSuccess: () => type(EMPTY) })
        }}
      >
        <input className={form.unseen} autoComplete="username" value={name} readOnly tabIndex={-1} aria-hidden="true" />
        <TextInput label={texts.current} autoComplete="current-password" {...field('current')} />
        <TextInput
          label={texts.wanted}
          description={messages.session.passwordHint}
          autoComplete="new-password"
          minLength={8}
          {...field('password')}
        />
        <Refusal error={change.error} />
        {change.isSuccess && <p role="status">{texts.changed}</p>}
        <div className={classes.buttons}>
          <Button type="submit" variant="default" loading={change.isPending}>
            {texts.change}
          </Button>
        </div>
      </form>
    </section>
  )
}

import { Button, NativeSelect, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'

import { useAddToken } from '../api/session'
import { messages } from '../messages'
import { reaches, type Role, ROLES } from '../roles'
import form from './CredentialsForm.module.css'
import classes from './places/places.module.css'
import { Refusal } from './Refusal'
import { Secret } from './Secret'

const texts = messages.account
const DAYS = [30, 90, 365]

/** A token to make; it is shown once. */
export function TokenForm({ role }: { role: Role }) {
  const add = useAddToken()
  const [name, setName] = useState('')
  const [most, setMost] = useState<string>(role)
  const [days, setDays] = useState('')
  if (add.data) return <Secret secret={add.data.secret} onDone={add.reset} />
  const submit = () => {
    const wanted = { name: name.trim(), role: ROLES.find((one) => one === most) ?? null, days: Number(days) || null }
    add.mutate(wanted, { onSuccess: () => setName('') })
  }
  return (
    <form
      className={form.form}
      aria-label={texts.addToken}
      onSubmit={(event: FormEvent) => {
        event.preventDefault()
        submit()
      }}
    >
      <TextInput
        label={texts.tokenName}
        placeholder="backup script"
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        maxLength={100}
        required
        withAsterisk={false}
      />
      <div className={classes.pair}>
        <NativeSelect
          label={texts.tokenRole}
          value={most}
          onChange={(event) => setMost(event.currentTarget.value)}
          data={ROLES.filter((one) => reaches(role, one)).map((one) => ({
            value: one,
            label: messages.session.role[one],
          }))}
        />
        <NativeSelect
          label={texts.expires}
          value={days}
          onChange={(event) => setDays(event.currentTarget.value)}
          data={[
            { value: '', label: texts.never },
            ...DAYS.map((number) => ({ value: String(number), label: texts.inDays(number) })),
          ]}
        />
      </div>
      <Refusal error={add.error} />
      <div className={classes.buttons}>
        <Button type="submit" variant="default" loading={add.isPending}>
          {texts.addToken}
        </Button>
      </div>
    </form>
  )
}

import { ActionIcon, Switch, TextInput } from '@mantine/core'
import { IconRotate2 } from '@tabler/icons-react'

import { messages } from '../messages'
import classes from './SettingField.module.css'

type Value = string | number | boolean | null

interface Props<T extends Value> {
  label: string
  hint: string
  value: T
  standard: T | undefined // what it is if nobody has changed it
  onChange: (value: T) => void
}

/** A setting that is on or off. */
export function SwitchField({ label, hint, value, standard, onChange }: Props<boolean>) {
  return (
    <div className={classes.field}>
      <Switch
        label={label}
        description={hint}
        classNames={{ description: classes.hint ?? '' }}
        checked={value}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <Reset label={label} value={value} standard={standard} onChange={onChange} />
    </div>
  )
}

/** A setting in words; empty is null where the setting may be that. */
export function TextField({ error, ...props }: Props<string> & { error?: string | undefined }) {
  const { label, hint, value, onChange } = props
  return (
    <div className={classes.field}>
      <TextInput
        className={classes.input ?? ''}
        label={label}
        description={hint}
        value={value}
        error={error}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      <Reset {...props} />
    </div>
  )
}

/** A whole number; what is no number is not taken. */
export function NumberField(props: Props<number>) {
  const { label, hint, value, onChange } = props
  return (
    <div className={classes.field}>
      <TextInput
        className={classes.input ?? ''}
        label={label}
        description={hint}
        inputMode="numeric"
        value={value}
        onChange={(event) => {
          const typed = event.currentTarget.value
          if (/^\d{0,10}$/.test(typed)) onChange(Number(typed))
        }}
      />
      <Reset {...props} />
    </div>
  )
}

function Reset<T extends Value>({ label, value, standard, onChange }: Omit<Props<T>, 'hint'>) {
  if (standard === undefined || value === standard) return null
  const text = messages.settings.reset(`${label}: ${String(standard)}`)
  return (
    <ActionIcon
      className={classes.reset ?? ''}
      variant="subtle"
      color="gray"
      size="lg"
      aria-label={text}
      title={text}
      onClick={() => onChange(standard)}
    >
      <IconRotate2 size={18} stroke={1.6} />
    </ActionIcon>
  )
}

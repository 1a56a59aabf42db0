import { NativeSelect, TextInput, Textarea } from '@mantine/core'

import type { Field } from '../../comicInfo'

interface Props {
  field: Field
  label: string
  value: string
  onChange: (value: string) => void
}

/** What a field's value is typed into or chosen from. */
export function FieldInput({ field, label, value, onChange }: Props) {
  const common = { value, 'aria-label': label, size: 'sm' } as const
  if (field.kind === 'choice') {
    return (
      <NativeSelect
        {...common}
        data={['', ...(field.choices ?? [])]}
        onChange={({ currentTarget }) => onChange(currentTarget.value)}
      />
    )
  }
  if (field.kind === 'long') {
    return (
      <Textarea {...common} rows={4} onChange={({ currentTarget }) => onChange(currentTarget.value)} />
    )
  }
  return (
    <TextInput
      {...common}
      type={field.kind}
      {...(field.kind === 'number' && { min: field.from, max: field.to, step: field.step ?? 1 })}
      autoComplete="off"
      spellCheck={false}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  )
}

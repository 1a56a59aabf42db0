import { TextInput } from '@mantine/core'

import type { Field } from '../../comicInfo'
import { messages } from '../../messages'
import type { FieldDraft } from './draft'
import { FieldInput } from './FieldInput'
import classes from './Fields.module.css'

const texts = messages.editor

interface Props {
  field: Field
  name: string
  draft: FieldDraft
  put: (draft: FieldDraft) => void
}

/** What a way of editing a field needs to know. */
export function WayInputs({ field, name, draft, put }: Props) {
  switch (draft.do) {
    case 'set':
    case 'fill':
      return (
        <FieldInput field={field} label={name} value={draft.value} onChange={(value) => put({ ...draft, value })} />
      )
    case 'replace':
      return <Replacing name={name} draft={draft} put={put} />
    case 'renumber':
      return (
        <div className={classes.pair}>
          <Labelled label={texts.from} value={draft.value} hint="1" onChange={(value) => put({ ...draft, value })} />
          <Labelled label={texts.step} value={draft.step} hint="1" onChange={(step) => put({ ...draft, step })} />
        </div>
      )
    default:
      return <span />
  }
}

function Replacing({ draft, put }: Omit<Props, 'field'>) {
  return (
    <div className={classes.replacing}>
      <div className={classes.pair}>
        <Labelled label={texts.find} value={draft.find} onChange={(find) => put({ ...draft, find })} />
        <Labelled label={texts.by} value={draft.by} onChange={(by) => put({ ...draft, by })} />
      </div>
      <Check
        label={texts.wildcards}
        checked={draft.wildcards}
        onChange={(wildcards) => put({ ...draft, wildcards })}
      />
      <Check
        label={texts.ignoreCase}
        checked={draft.ignoreCase}
        onChange={(ignoreCase) => put({ ...draft, ignoreCase })}
      />
    </div>
  )
}

interface LabelledProps {
  label: string
  value: string
  onChange: (value: string) => void
  hint?: string
}

function Labelled({ label, value, onChange, hint }: LabelledProps) {
  return (
    <TextInput
      size="sm"
      aria-label={label}
      placeholder={hint ?? label}
      autoComplete="off"
      spellCheck={false}
      value={value}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
      {...(hint && { leftSection: <span className={classes.prefix}>{label}</span>, leftSectionWidth: '3.5rem' })}
    />
  )
}

interface CheckProps {
  label: string
  checked: boolean
  onChange: (checked: boolean) => void
}

function Check({ label, checked, onChange }: CheckProps) {
  return (
    <label className={classes.check}>
      <input type="checkbox" checked={checked} onChange={({ currentTarget }) => onChange(currentTarget.checked)} />
      {label}
    </label>
  )
}

import { Button, TextInput } from '@mantine/core'
import { useState } from 'react'

import type { Naming } from '../api/settings'
import { messages } from '../messages'
import classes from './FormatTemplates.module.css'
import { NamePreviews } from './NamePreviews'

const texts = messages.settings.formats
const KNOWN = ['Annual', 'Digital Chapter', 'Graphic Novel', 'Hardcover', 'Limited Series', 'Omnibus', 'One-Shot', 'TPB']

interface Entry {
  key: number
  format: string
  template: string
}

interface Props {
  kept: Record<string, string> // templates by ComicInfo's Format
  naming: Naming
  onChange: (templates: Record<string, string>) => void
}

/** Templates for comics of some formats, each with what it would name those that there are. */
export function FormatTemplates({ kept, naming, onChange }: Props) {
  const [entries, set] = useState(() => Object.entries(kept).map(readEntry))
  const change = (next: Entry[]) => {
    set(next)
    const named = next.filter(({ format }) => format.trim())
    onChange(Object.fromEntries(named.map(({ format, template }) => [format.trim(), template])))
  }
  const replace = (wanted: Entry) => change(entries.map((one) => (one.key === wanted.key ? wanted : one)))
  const next = Math.max(-1, ...entries.map(({ key }) => key)) + 1
  return (
    <section className={classes.formats} aria-label={texts.title}>
      <h4>{texts.title}</h4>
      <p className={classes.hint}>{texts.hint}</p>
      <datalist id="formats">
        {KNOWN.map((format) => (
          <option key={format} value={format} />
        ))}
      </datalist>
      {entries.map((entry) => (
        <Row
          key={entry.key}
          entry={entry}
          naming={naming}
          onChange={replace}
          onRemove={() => change(entries.filter(({ key }) => key !== entry.key))}
        />
      ))}
      <Button
        className={classes.add}
        size="xs"
        variant="default"
        onClick={() => set([...entries, { key: next, format: '', template: naming.filename_format }])}
      >
        {texts.add}
      </Button>
    </section>
  )
}

function readEntry([format, template]: [string, string], key: number): Entry {
  return { key, format, template }
}

interface RowProps {
  entry: Entry
  naming: Naming
  onChange: (entry: Entry) => void
  onRemove: () => void
}

function Row({ entry, naming, onChange, onRemove }: RowProps) {
  const { format, template } = entry
  const title = texts.of(format || texts.unnamed)
  return (
    <div className={classes.entry} role="group" aria-label={title}>
      <div className={classes.fields}>
        <TextInput
          label={texts.format}
          list="formats"
          value={format}
          onChange={(event) => onChange({ ...entry, format: event.currentTarget.value })}
          autoFocus={!format}
        />
        <TextInput
          className={classes.template ?? ''}
          label={texts.template}
          value={template}
          onChange={(event) => onChange({ ...entry, template: event.currentTarget.value })}
        />
        <Button variant="default" aria-label={texts.remove(format || texts.unnamed)} onClick={onRemove}>
          {texts.removeShort}
        </Button>
      </div>
      {format.trim() && (
        <NamePreviews
          naming={{ ...naming, filename_format: template }}
          format={format.trim()}
          title={texts.preview(format.trim())}
          none={texts.none(format.trim())}
        />
      )}
    </div>
  )
}

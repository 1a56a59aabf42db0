import { NativeSelect } from '@mantine/core'

import { type Field, type Group, GROUPS, NUMBERING } from '../../comicInfo'
import { label } from '../../fields'
import { messages } from '../../messages'
import { type Do, type Draft, type FieldDraft, KEPT } from './draft'
import classes from './Fields.module.css'
import { WayInputs } from './WayInputs'

const texts = messages.editor

interface Props {
  draft: Draft
  put: (field: string, one: FieldDraft) => void
}

/** Every field with what is to be done to it in all of the comics. */
export function ManyComics({ draft, put }: Props) {
  return (
    <>
      <p className={classes.file}>{texts.manyHint}</p>
      {(Object.keys(GROUPS) as Group[]).map((group) => (
        <fieldset key={group} className={classes.group}>
          <legend>{texts.group[group]}</legend>
          {GROUPS[group].map((field) => (
            <Row key={field.name} field={field} draft={draft[field.name] ?? KEPT} put={put} />
          ))}
        </fieldset>
      ))}
    </>
  )
}

/** The ways to edit a field; some are for text alone, some for what numbers comics. */
function ways({ name, kind }: Field): Do[] {
  const ways: Do[] = ['keep', 'set', 'fill', 'clear']
  if (kind === 'text' || kind === 'long') ways.push('replace')
  if (NUMBERING.has(name)) ways.push('renumber')
  if (name === 'number') ways.push('number_from_name')
  return ways
}

interface RowProps extends Pick<Props, 'put'> {
  field: Field
  draft: FieldDraft
}

function Row({ field, draft, put }: RowProps) {
  const name = label(field.name)
  const options = ways(field)
  return (
    <div className={classes.row} data-staged={draft.do !== 'keep' || undefined}>
      <span className={classes.name}>{name}</span>
      <NativeSelect
        size="sm"
        aria-label={texts.way(name)}
        value={draft.do}
        data={options.map((way) => ({ value: way, label: texts.ways[way] }))}
        onChange={({ currentTarget: { value } }) =>
          put(field.name, { ...draft, do: options.find((way) => way === value) ?? 'keep' })
        }
      />
      <WayInputs field={field} name={name} draft={draft} put={(one) => put(field.name, one)} />
    </div>
  )
}

import { ActionIcon } from '@mantine/core'
import { IconArrowBackUp } from '@tabler/icons-react'

import { useFile } from '../../api/queries'
import type { FileDetails, Values } from '../../api/shapes'
import { type Field, type Group, GROUPS } from '../../comicInfo'
import { label } from '../../fields'
import { messages } from '../../messages'
import { Answer } from '../Answer'
import { type Draft, type FieldDraft, KEPT } from './draft'
import { FieldInput } from './FieldInput'
import classes from './Fields.module.css'

const texts = messages.editor

interface Props {
  id: number
  draft: Draft
  put: (field: string, one: FieldDraft) => void
}

/** All fields of one comic, with what they hold and who says so; what is changed stands out. */
export function OneComic({ id, draft, put }: Props) {
  const file = useFile(id)
  return <Answer query={file}>{(comic) => <Fields comic={comic} draft={draft} put={put} />}</Answer>
}

function Fields({ comic, draft, put }: Omit<Props, 'id'> & { comic: FileDetails }) {
  const tags = (comic.tags ?? {}) as Values
  return (
    <>
      <p className={classes.file}>{comic.name}</p>
      {(Object.keys(GROUPS) as Group[]).map((group) => (
        <fieldset key={group} className={classes.group}>
          <legend>{texts.group[group]}</legend>
          <div className={classes.fields}>
            {GROUPS[group].map((field) => (
              <OneField
                key={field.name}
                field={field}
                old={String(tags[field.name] ?? '')}
                source={comic.provenance?.[field.name]}
                draft={draft[field.name]}
                put={put}
              />
            ))}
          </div>
        </fieldset>
      ))}
    </>
  )
}

interface FieldProps extends Pick<Props, 'put'> {
  field: Field
  old: string
  source: string | undefined
  draft: FieldDraft | undefined
}

function OneField({ field, old, source, draft = KEPT, put }: FieldProps) {
  const name = label(field.name)
  const staged = draft.do !== 'keep'
  const change = (value: string) => {
    const way = value === old ? 'keep' : value === '' ? 'clear' : 'set'
    put(field.name, { ...KEPT, do: way, value })
  }
  return (
    <div className={classes.field} data-kind={field.kind} data-staged={staged || undefined}>
      <span className={classes.name}>
        {name}
        {source && <span className={classes.source}>{messages.details.source.get(source) ?? source}</span>}
        {staged && (
          <ActionIcon
            variant="subtle"
            size="sm"
            aria-label={texts.restore(name)}
            title={texts.restore(name)}
            onClick={() => put(field.name, KEPT)}
          >
            <IconArrowBackUp size={15} stroke={2} />
          </ActionIcon>
        )}
      </span>
      <FieldInput field={field} label={name} value={staged ? draft.value : old} onChange={change} />
      {staged && old && (
        <p className={classes.old}>
          {texts.was} <del>{old}</del>
        </p>
      )}
    </div>
  )
}

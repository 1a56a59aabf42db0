import { Button } from '@mantine/core'

import { usePreview } from '../api/batches'
import type { DuplicateGroup } from '../api/shapes'
import { size } from '../human'
import { messages } from '../messages'
import type { Settling } from '../settling'
import type { Show } from '../useView'
import { ask } from './batches/asking'
import classes from './Copies.module.css'
import { Cover } from './Cover'
import { For } from './For'
import { OpenButton } from './OpenButton'
import { ProblemAlert } from './ProblemAlert'
import { Tick } from './Tick'

const texts = messages.duplicates

interface Props {
  group: DuplicateGroup
  settling: Settling
  show: Show
}

/** Comics that may be the same, side by side; one is kept, and the others go where one says. */
export function Copies({ group, settling, show }: Props) {
  const keep = settling.keptOf(group)
  const preview = usePreview()
  const others = group.files.map(({ id }) => id).filter((id) => id !== keep)
  const name = group.files[0]?.name ?? ''
  const move = () => preview.mutate({ kind: 'deduplicate', files: others })
  return (
    <section className={classes.group} aria-label={texts.group(name)}>
      <div className={classes.choose}>
        <Tick
          label={texts.choose(name)}
          state={settling.isChosen(group)}
          text={texts.chooseShort}
          onClick={() => settling.toggle(group)}
        />
      </div>
      <ul className={classes.copies}>
        {group.files.map((file) => (
          <Copy
            key={file.id}
            file={file}
            isKept={file.id === keep}
            isProposed={file.id === group.keep}
            onKeep={() => settling.keep(group, file.id)}
            show={show}
          />
        ))}
      </ul>
      <p className={classes.reasons}>
        <strong>{texts.why}</strong> {group.reasons.join(' ')}
      </p>
      {group.file_count > group.files.length && (
        <p className={classes.reasons}>{texts.unshown(group.file_count - group.files.length)}</p>
      )}
      <For role="editor">
        <div className={classes.buttons}>
          <Button size="xs" variant="default" loading={preview.isPending} onClick={move}>
            {texts.move(others.length)}
          </Button>
          <Button
            size="xs"
            variant="outline"
            color="red"
            onClick={() => ask({ about: 'delete', selection: { ids: new Set(others) } })}
          >
            {texts.remove(others.length)}
          </Button>
        </div>
      </For>
      {preview.error && <ProblemAlert error={preview.error} onRetry={move} />}
    </section>
  )
}

interface CopyProps {
  file: DuplicateGroup['files'][number]
  isKept: boolean
  isProposed: boolean
  onKeep: () => void
  show: Show
}

function Copy({ file, isKept, isProposed, onKeep, show }: CopyProps) {
  const folder = file.relative_path.slice(0, -file.name.length)
  const known = [
    size(file.size),
    file.page_count !== null && messages.list.pageCount(file.page_count),
    file.format?.toUpperCase(),
    texts.tags(file.tags),
  ]
  return (
    <li className={classes.copy} data-kept={isKept}>
      <Cover file={file} alt={messages.cover.of(file.name)} />
      <div className={classes.facts}>
        <OpenButton file={file} show={show} />
        <span className={classes.soft}>{folder}</span>
        <span className={classes.soft}>{known.filter(Boolean).join(' · ')}</span>
        {file.fault && <span className={classes.fault}>{file.fault}</span>}
        {isProposed && <span className={classes.proposed}>{texts.proposed}</span>}
      </div>
      <For role="editor">
        <label className={classes.keep}>
          <input
            type="radio"
            checked={isKept}
            onChange={onKeep}
            aria-label={texts.keepNamed(file.relative_path)}
          />
          {isKept ? texts.kept : texts.keep}
        </label>
      </For>
    </li>
  )
}

import { Button, CloseButton } from '@mantine/core'
import {
  IconCheck,
  IconCopy,
  IconEdit,
  IconFileZip,
  type Icon,
  IconSignature,
  IconTags,
  IconTrash,
  IconWand,
  IconX,
} from '@tabler/icons-react'

import { useMakeBatch, usePreview } from '../../api/batches'
import type { NewBatch } from '../../api/shapes'
import { messages } from '../../messages'
import { useMay } from '../../roles'
import { chooseAll, clear, count, isAllOf, meant, type Selection, useSelection } from '../../selection'
import type { View } from '../../view'
import { ProblemAlert } from '../ProblemAlert'
import classes from './ActionBar.module.css'
import { ask } from './asking'
import { Marked } from './Marked'

type Kind = NewBatch['kind']

const texts = messages.actions

const PREVIEWED = ['process', 'rename', 'normalize', 'convert', 'deduplicate'] as const
const ICONS: Partial<Record<Kind, Icon>> = {
  process: IconWand,
  rename: IconSignature,
  normalize: IconTags,
  convert: IconFileZip,
  deduplicate: IconCopy,
  tags: IconEdit,
  mark: IconCheck,
  unmark: IconX,
  delete: IconTrash,
}

/** What can be done to the chosen comics; nothing is shown while none is. */
export function ActionBar({ view, total }: { view: View; total: number }) {
  const selection = useSelection()
  const may = useMay('editor')
  if (count(selection) === 0 || !may) return null
  return (
    <section className={classes.bar} aria-label={texts.label}>
      <div className={classes.chosen}>
        <CloseButton aria-label={texts.clear} title={texts.clear} onClick={clear} />
        <strong role="status">{texts.chosen(count(selection))}</strong>
        {!isAllOf(selection, view) && total > count(selection) && (
          <Button size="compact-sm" variant="subtle" onClick={() => chooseAll(view, total)}>
            {texts.all(total)}
          </Button>
        )}
      </div>
      <Actions selection={selection} />
    </section>
  )
}

/** One button for each thing that can be done to these comics. */
export function Actions({ selection }: { selection: Selection }) {
  const may = useMay('editor')
  const preview = usePreview()
  const mark = useMakeBatch()
  const busy = preview.isPending || mark.isPending
  const wanted = meant(selection)
  const failed = preview.error ? preview : mark
  if (!may) return null
  return (
    <>
      <div className={classes.actions} role="group" aria-label={texts.label}>
        {PREVIEWED.slice(0, 3).map((kind) => (
          <Action key={kind} kind={kind} busy={busy} onClick={() => preview.mutate({ kind, ...wanted })} />
        ))}
        <Action kind="tags" onClick={() => ask({ about: 'tags', selection })} />
        {PREVIEWED.slice(3).map((kind) => (
          <Action key={kind} kind={kind} busy={busy} onClick={() => preview.mutate({ kind, ...wanted })} />
        ))}
        <Action kind="mark" busy={busy} onClick={() => mark.mutate({ kind: 'mark', ...wanted })} />
        <Action kind="unmark" busy={busy} onClick={() => mark.mutate({ kind: 'unmark', ...wanted })} />
        <Action kind="delete" onClick={() => ask({ about: 'delete', selection })} />
      </div>
      {failed.error && <ProblemAlert error={failed.error} onRetry={failed.reset} />}
      {mark.data && <Marked batch={mark.data} key={mark.data.id} />}
    </>
  )
}

interface ActionProps {
  kind: Kind
  onClick: () => void
  busy?: boolean
}

/** While it is busy it keeps the focus, which a disabled button would lose, and does nothing. */
function Action({ kind, onClick, busy = false }: ActionProps) {
  const Symbol = ICONS[kind]
  return (
    <Button
      className={classes.action}
      size="compact-md"
      variant="default"
      data-kind={kind}
      aria-disabled={busy}
      leftSection={Symbol && <Symbol size={16} stroke={1.8} />}
      onClick={() => busy || onClick()}
    >
      {texts.kind[kind]}
    </Button>
  )
}

import { Button } from '@mantine/core'

import { useHistory, useUndo } from '../../api/batches'
import { useFile } from '../../api/queries'
import type { HistoryEntry } from '../../api/shapes'
import { ago, date } from '../../human'
import { messages } from '../../messages'
import type { Show } from '../../useView'
import { Answer, More } from '../Answer'
import { baseName } from '../batches/changes'
import { Changes } from '../batches/Changes'
import { For } from '../For'
import type { PlaceProps } from '../Place'
import { ProblemAlert } from '../ProblemAlert'
import classes from './HistoryPlace.module.css'

const texts = messages.history

/** What was done to comics, or to one, the newest first: before and after of each field. */
export default function HistoryPlace({ view, show }: PlaceProps) {
  const history = useHistory(view.file)
  return (
    <>
      {view.file !== null && <OnlyOne id={view.file} show={show} />}
      <Answer query={history}>
        {({ entries, total }) => (
          <>
            <p className={classes.soft}>{total === 0 ? texts.none : texts.total(total)}</p>
            <ul className={classes.entries} aria-label={messages.places.history}>
              {entries.map((entry) => (
                <Entry key={entry.id} entry={entry} show={show} />
              ))}
            </ul>
          </>
        )}
      </Answer>
      <More query={history} />
    </>
  )
}

function Entry({ entry, show }: { entry: HistoryEntry; show: Show }) {
  return (
    <li className={classes.entry}>
      <div className={classes.head}>
        <button
          type="button"
          className={classes.name}
          title={texts.only}
          onClick={() => show({ place: 'history', file: entry.file })}
        >
          {baseName(entry.filepath)}
        </button>
        <button type="button" className={classes.kind} onClick={() => show({ batch: entry.batch })}>
          {texts.kind[entry.operation_type]}
        </button>
        {entry.undone && <span>{texts.undone}</span>}
        <time dateTime={new Date(entry.timestamp * 1000).toISOString()} title={date(entry.timestamp)}>
          {ago(entry.timestamp)}
        </time>
      </div>
      <Changes before={entry.before} after={entry.after} />
    </li>
  )
}

/** Whose history it is alone, the way back to all, and the way to undo what was last done to it. */
function OnlyOne({ id, show }: { id: number; show: Show }) {
  const file = useFile(id)
  const undo = useUndo('files', id)
  return (
    <div className={classes.only}>
      <p>{texts.of(file.data?.name ?? texts.forgotten)}</p>
      <Button size="xs" variant="default" onClick={() => show({ place: 'history', file: null })}>
        {texts.all}
      </Button>
      <For role="editor">
        <Button
          size="xs"
          variant="default"
          loading={undo.isPending}
          onClick={() => undo.mutate(undefined, { onSuccess: (batch) => show({ batch: batch.id }) })}
        >
          {texts.undoLast}
        </Button>
      </For>
      {undo.error && <ProblemAlert error={undo.error} onRetry={() => undo.mutate()} />}
    </div>
  )
}

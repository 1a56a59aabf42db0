import { Button } from '@mantine/core'

import { useStartScan } from '../api/scans'
import type { FileEntry } from '../api/shapes'
import { messages } from '../messages'
import type { Show } from '../useView'
import { ask } from './batches/asking'
import { ChooseFile, useListed } from './Choosing'
import { For } from './For'
import { OpenButton } from './OpenButton'
import classes from './places/places.module.css'
import { ProblemAlert } from './ProblemAlert'

const texts = messages.broken

/** Comics that could not be read, each with its reason and what can be done about it. */
export function BrokenRows({ files, show }: { files: FileEntry[]; show: Show }) {
  const ids = useListed(files)
  return (
    <ul className={classes.rows} aria-label={messages.places.broken}>
      {files.map((file) => (
        <li key={file.id} className={classes.row}>
          <ChooseFile file={file} ids={ids} />
          <div className={classes.what}>
            <OpenButton file={file} show={show} />
            <span className={classes.fault}>{file.fault}</span>
            <span className={classes.soft}>{file.relative_path}</span>
          </div>
          <For role="editor">
            <Verbs file={file} />
          </For>
        </li>
      ))}
    </ul>
  )
}

/** To read it once more, though it is as it was, or to be rid of it. */
function Verbs({ file }: { file: FileEntry }) {
  const scan = useStartScan()
  const again = () => scan.mutate({ library: file.library, folder: file.relative_path, again: true })
  return (
    <>
      <div className={classes.buttons}>
        {scan.data ? (
          <span className={classes.soft} role="status">
            {texts.asked}
          </span>
        ) : (
          <Button
            size="xs"
            variant="default"
            aria-label={texts.named(texts.again, file.name)}
            loading={scan.isPending}
            onClick={again}
          >
            {texts.again}
          </Button>
        )}
        <Button
          size="xs"
          variant="outline"
          color="red"
          aria-label={texts.named(texts.remove, file.name)}
          onClick={() => ask({ about: 'delete', selection: { ids: new Set([file.id]) } })}
        >
          {texts.remove}
        </Button>
      </div>
      {scan.error && <ProblemAlert error={scan.error} onRetry={again} />}
    </>
  )
}

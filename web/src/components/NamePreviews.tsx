import { useDebouncedValue } from '@mantine/hooks'

import { type Naming, useNamePreview } from '../api/settings'
import type { NamePreview } from '../api/shapes'
import { messages } from '../messages'
import classes from './NamePreviews.module.css'
import { ProblemAlert } from './ProblemAlert'

const texts = messages.settings
const PATIENCE = 250 // milliseconds after the last key

interface Props {
  naming: Naming
  format?: string // whose comics alone are shown
  title?: string
  none?: string // what to say where there is no such comic
}

/** What comics of the library would be called under settings that are being typed. */
export function NamePreviews({ naming, format, title = texts.preview, none = texts.previewNone }: Props) {
  const [settled] = useDebouncedValue(naming, PATIENCE)
  const [settledFormat] = useDebouncedValue(format, PATIENCE)
  const preview = useNamePreview(settled, settledFormat)
  return (
    <section className={classes.preview} aria-label={title} aria-live="polite">
      <h4>{title}</h4>
      {preview.error ? (
        <ProblemAlert error={preview.error} onRetry={() => void preview.refetch()} />
      ) : (
        <ul>
          {preview.data?.map((file) => (
            <Name key={file.file} file={file} />
          ))}
        </ul>
      )}
      {preview.data?.length === 0 && <p>{none}</p>}
    </section>
  )
}

function Name({ file }: { file: NamePreview }) {
  const past = baseName(file.path)
  const stays = file.future === file.path
  return (
    <li>
      {!stays && !file.refusal && <del>{past}</del>}
      {file.refusal ? (
        <>
          <span>{past}</span>
          <span className={classes.refusal}>{file.refusal}</span>
        </>
      ) : (
        <ins>{stays ? past : shownFuture(file)}</ins>
      )}
      {stays && <span className={classes.same}>{texts.same}</span>}
    </li>
  )
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

/** The new name; with its folders if those are new, too. */
function shownFuture({ path, future }: NamePreview): string {
  const name = future ?? ''
  const folder = path.slice(0, path.lastIndexOf('/') + 1)
  return name.slice(0, name.lastIndexOf('/') + 1) === folder ? baseName(name) : name
}

import type { FileEntry } from '../api/shapes'
import type { Show } from '../useView'
import { FilterButton } from './FilterButton'
import classes from './TagLine.module.css'

interface Props {
  file: FileEntry
  show: Show
}

/** What the tags say in one line: series, number, title, publisher, year. */
export function TagLine({ file: { series, number, title, publisher, year }, show }: Props) {
  if (!series && !title && !publisher && !year) return null
  return (
    <p className={classes.tags}>
      {series && <FilterButton wanted={{ series }} text={series} show={show} />}
      {number && <span className={classes.number}>#{number}</span>}
      {title && <span className={classes.title}>{title}</span>}
      {publisher && <FilterButton wanted={{ publisher }} text={publisher} show={show} />}
      {year !== null && <FilterButton wanted={{ year }} text={String(year)} show={show} />}
    </p>
  )
}

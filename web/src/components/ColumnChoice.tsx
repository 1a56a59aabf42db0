import { useKeepPreferences } from '../api/preferences'
import { COLUMNS, type Column, useColumns } from '../columns'
import { messages } from '../messages'
import classes from './ListDialog.module.css'
import { ProblemAlert } from './ProblemAlert'

/** A tick for each column that the table may have; it has them at once. */
export function ColumnChoice() {
  const shown = useColumns()
  const keep = useKeepPreferences()
  const change = (column: Column) => {
    const columns = COLUMNS.filter((one) => shown.includes(one) !== (one === column))
    keep.mutate({ columns })
  }
  return (
    <>
      {keep.error && <ProblemAlert error={keep.error} onRetry={keep.reset} />}
      <ul className={classes.ticks}>
        {COLUMNS.map((column) => (
          <li key={column}>
            <label>
              <input type="checkbox" checked={shown.includes(column)} onChange={() => change(column)} />
              {column === 'size' || column === 'date' ? messages.sort[column] : messages.list[column]}
            </label>
          </li>
        ))}
      </ul>
    </>
  )
}

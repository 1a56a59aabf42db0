import { memo, type MouseEvent, type ReactNode } from 'react'

import type { FileEntry } from '../api/shapes'
import type { Column } from '../columns'
import { ago, date, size } from '../human'
import { messages } from '../messages'
import { isForBrowser } from '../opening'
import { useIsChosen } from '../selection'
import type { Show } from '../useView'
import { DEFAULTS, writeView } from '../view'
import { Badges, FormatBadge } from './Badges'
import { ChooseFile } from './Choosing'
import { FilterButton } from './FilterButton'
import classes from './FileTable.module.css'
import { TagLine } from './TagLine'

interface Props {
  file: FileEntry
  item: number // in the list, from 0
  columns: Column[]
  ids: () => number[] // of the list, in its order
  show: Show
}

type Cell = (file: FileEntry, show: Show) => ReactNode

/** What stands in each column; nothing where it is not known. */
const CELLS: Record<Column, Cell> = {
  series: ({ series }, show) => series && <FilterButton wanted={{ series }} text={series} show={show} />,
  number: ({ number }) => number,
  publisher: ({ publisher }, show) =>
    publisher && <FilterButton wanted={{ publisher }} text={publisher} show={show} />,
  year: ({ year }, show) =>
    year !== null && <FilterButton wanted={{ year }} text={String(year)} show={show} />,
  folder: ({ relative_path: path, name }, show) => {
    const folder = path.slice(0, -name.length - 1)
    return folder && <FilterButton wanted={{ folder }} text={folder} show={show} />
  },
  size: (file) => size(file.size),
  date: ({ modified }) => (
    <time dateTime={new Date(modified * 1000).toISOString()} title={date(modified)}>
      {ago(modified)}
    </time>
  ),
  pages: ({ page_count: pages }) => pages !== null && <PageCount pages={pages} />,
  format: ({ format }) => format && <FormatBadge format={format} />,
  status: (file) => <Badges file={file} />,
}

export const FileRow = memo(function FileRow({ file, item, columns, ids, show }: Props) {
  const open = (event: MouseEvent<HTMLElement>) => {
    if (isForBrowser(event)) return
    event.preventDefault()
    event.currentTarget.querySelector<HTMLElement>('[data-opens]')?.focus() // and focus returns here
    show({ file: file.id })
  }
  return (
    <tr
      role="row"
      className={classes.row}
      aria-rowindex={item + 2}
      data-item=""
      data-chosen={useIsChosen(file.id)}
      onClick={open}
    >
      <td role="cell" data-column="choose">
        <ChooseFile file={file} ids={ids} />
      </td>
      <td role="cell" data-column="name">
        <a
          data-opens={file.id}
          className={classes.name}
          href={writeView({ ...DEFAULTS, file: file.id })}
          title={file.name}
        >
          {file.name}
        </a>
        {file.fault ? (
          <p className={classes.fault} title={file.fault}>
            {file.fault}
          </p>
        ) : (
          <TagLine file={file} show={show} />
        )}
      </td>
      {columns.map((column) => (
        <td role="cell" key={column} data-column={column}>
          {CELLS[column](file, show)}
        </td>
      ))}
    </tr>
  )
})

/** The place of a comic that is on its way. */
export function WaitingRow() {
  return (
    <tr role="row" className={classes.row} data-item="" data-waits="">
      <td role="cell" data-column="choose" />
      <td role="cell" data-column="name">
        <span className={classes.waiting} />
      </td>
    </tr>
  )
}

/** Cards have no headings, so there the number carries its word. */
function PageCount({ pages }: { pages: number }) {
  return (
    <>
      <span className={classes.inTable}>{pages}</span>
      <span className={classes.inCard}>{messages.list.pageCount(pages)}</span>
    </>
  )
}

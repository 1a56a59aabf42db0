import { memo, type MouseEvent } from 'react'

import type { FileEntry } from '../api/shapes'
import { ago, date, size } from '../human'
import { messages } from '../messages'
import type { Show } from '../useView'
import { DEFAULTS, writeView } from '../view'
import { Badges, FormatBadge } from './Badges'
import { FilterButton } from './FilterButton'
import classes from './FileTable.module.css'
import { TagLine } from './TagLine'

interface Props {
  file: FileEntry
  show: Show
}

export const FileRow = memo(function FileRow({ file, show }: Props) {
  const open = (event: MouseEvent<HTMLElement>) => {
    if (isForBrowser(event)) return
    event.preventDefault()
    event.currentTarget.querySelector<HTMLElement>('[data-opens]')?.focus() // and focus returns here
    show({ file: file.id })
  }
  return (
    <tr role="row" className={classes.row} onClick={open}>
      <td role="cell" data-column="name">
        <a data-opens="" className={classes.name} href={writeView({ ...DEFAULTS, file: file.id })}>
          {file.name}
        </a>
        <TagLine file={file} show={show} />
        {file.fault && <p className={classes.fault}>{file.fault}</p>}
      </td>
      <td role="cell" data-column="folder">
        <Folder file={file} show={show} />
      </td>
      <td role="cell" data-column="size">
        {size(file.size)}
      </td>
      <td role="cell" data-column="date">
        <time dateTime={new Date(file.modified * 1000).toISOString()} title={date(file.modified)}>
          {ago(file.modified)}
        </time>
      </td>
      <td role="cell" data-column="pages">
        {file.page_count !== null && <PageCount pages={file.page_count} />}
      </td>
      <td role="cell" data-column="format">
        {file.format && <FormatBadge format={file.format} />}
      </td>
      <td role="cell" data-column="status">
        <Badges file={file} />
      </td>
    </tr>
  )
})

/** Cards have no headings, so there the number carries its word. */
function PageCount({ pages }: { pages: number }) {
  return (
    <>
      <span className={classes.inTable}>{pages}</span>
      <span className={classes.inCard}>{messages.list.pageCount(pages)}</span>
    </>
  )
}

function Folder({ file, show }: Props) {
  const folder = file.relative_path.slice(0, -file.name.length - 1)
  return folder && <FilterButton wanted={{ folder }} text={folder} show={show} />
}

/** Another tab, a selection of text, or a button of the row: not a wish for details. */
function isForBrowser(event: MouseEvent<HTMLElement>): boolean {
  const inButton = event.target instanceof Element && event.target.closest('button')
  const selects = getSelection()?.isCollapsed === false
  return Boolean(inButton) || selects || event.ctrlKey || event.metaKey || event.shiftKey
}

import { IconChevronDown, IconChevronUp } from '@tabler/icons-react'

import type { FileEntry } from '../api/shapes'
import { messages } from '../messages'
import type { Show } from '../useView'
import type { Sort, View } from '../view'
import { FileRow } from './FileRow'
import classes from './FileTable.module.css'

interface Props {
  view: View
  show: Show
  files: FileEntry[]
}

/** The list as a table. The roles are said again because phones lay it out as cards. */
export function FileTable({ view, show, files }: Props) {
  return (
    <table className={classes.table} role="table" aria-label={messages.list.label}>
      <thead role="rowgroup">
        <tr role="row">
          <SortHeading sort="name" view={view} show={show} />
          <Heading name="folder" />
          <SortHeading sort="size" view={view} show={show} />
          <SortHeading sort="date" view={view} show={show} />
          <Heading name="pages" />
          <Heading name="format" />
          <Heading name="status" />
        </tr>
      </thead>
      <tbody role="rowgroup">
        {files.map((file) => (
          <FileRow key={file.id} file={file} show={show} />
        ))}
      </tbody>
    </table>
  )
}

function Heading({ name }: { name: 'folder' | 'pages' | 'format' | 'status' }) {
  return (
    <th role="columnheader" scope="col" data-column={name}>
      {messages.list[name]}
    </th>
  )
}

/** A heading that sorts by its column, and the other way round when it does so already. */
function SortHeading({ sort, view, show }: { sort: Sort } & Pick<Props, 'view' | 'show'>) {
  const sorted = view.sort === sort
  const ascending = view.direction === 'asc'
  const Arrow = ascending ? IconChevronUp : IconChevronDown
  return (
    <th
      role="columnheader"
      scope="col"
      data-column={sort}
      aria-sort={sorted ? (ascending ? 'ascending' : 'descending') : 'none'}
    >
      <button
        type="button"
        onClick={() => show({ sort, direction: sorted && ascending ? 'desc' : 'asc' })}
      >
        {messages.sort[sort]}
        {sorted && <Arrow size={14} stroke={2.2} aria-hidden="true" />}
      </button>
    </th>
  )
}

import { IconChevronDown, IconChevronUp } from '@tabler/icons-react'

import type { FileEntry } from '../api/shapes'
import { type Column, tracks, useColumns } from '../columns'
import { messages } from '../messages'
import type { Listing } from '../useListing'
import type { Show } from '../useView'
import type { Sort, View } from '../view'
import { ChoosePage, useListed } from './Choosing'
import { FileRow, WaitingRow } from './FileRow'
import classes from './FileTable.module.css'

interface Props {
  view: View
  show: Show
  listing: Listing
  count: number // of all comics that are listed
  files: FileEntry[] // of the page that the address names
}

/** The list as a table. The roles are said again because its rows are laid out as grids. */
export function FileTable({ view, show, listing, count, files }: Props) {
  const ids = useListed(listing.loaded)
  const columns = useColumns()
  const beside = columns.filter((column) => column !== 'folder')
  return (
    <table
      className={classes.table}
      style={{ '--wide': tracks(columns), '--narrow': tracks(beside) }}
      role="table"
      aria-label={messages.list.label}
      aria-rowcount={count + 1}
    >
      <thead role="rowgroup">
        <tr role="row" aria-rowindex={1}>
          <th role="columnheader" scope="col" data-column="choose">
            <ChoosePage files={files} />
          </th>
          <SortHeading sort="name" view={view} show={show} />
          {columns.map((column) =>
            isSort(column) ? (
              <SortHeading key={column} sort={column} view={view} show={show} />
            ) : (
              <Heading key={column} name={column} />
            ),
          )}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {range(listing).map((item) => {
          const file = listing.at(item)
          if (!file) return <WaitingRow key={-item} />
          return <FileRow key={file.id} file={file} item={item} columns={columns} ids={ids} show={show} />
        })}
      </tbody>
    </table>
  )
}

/** The numbers of the items that are in sight. */
export function range({ first, last }: Pick<Listing, 'first' | 'last'>): number[] {
  return Array.from({ length: last - first }, (_, index) => first + index)
}

function isSort(column: Column): column is Column & Sort {
  return column === 'size' || column === 'date'
}

function Heading({ name }: { name: Exclude<Column, Sort> }) {
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

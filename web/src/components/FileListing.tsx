import { useRef, useState } from 'react'

import type { FilePage } from '../api/shapes'
import { useListing } from '../useListing'
import type { Show } from '../useView'
import { listQuery, type View } from '../view'
import { CoverGrid } from './CoverGrid'
import classes from './FileList.module.css'
import { FileTable } from './FileTable'

interface Props {
  view: View // whose list the page is of
  show: Show
  page: FilePage
  scanning: boolean
}

/** The part of a list that is in sight, where it would be if all of the list was there. */
export function FileListing({ view, show, page, scanning }: Props) {
  const list = useRef<HTMLDivElement>(null)
  const count = useLength(view, page)
  const listing = useListing({ view, show, count, scanning, list })
  const Look = view.look === 'table' ? FileTable : CoverGrid
  return (
    <div
      ref={list}
      className={classes.window}
      style={{ minHeight: listing.height, paddingTop: listing.above }}
    >
      <Look view={view} show={show} listing={listing} count={count} files={page.files} />
    </div>
  )
}

/** How many comics are listed; of some lists that is only learned further down. */
function useLength(view: View, { total_files: told, total_is_exact: isExact }: FilePage): number {
  const list = listQuery({ ...view, page: 1 })
  const [known, setKnown] = useState({ list, length: told })
  const length = isExact || known.list !== list ? told : Math.max(told, known.length)
  if (known.list !== list || known.length !== length) setKnown({ list, length })
  return length
}

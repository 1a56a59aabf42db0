import { lazy, Suspense, useRef, useState } from 'react'

import { useFiles, useLibraries } from '../api/queries'
import { useKeys } from '../useKeys'
import type { Show } from '../useView'
import type { View } from '../view'
import { ActionBar } from './batches/ActionBar'
import { Chips } from './Chips'
import { Details } from './Details'
import { Facets } from './Facets'
import { FileList } from './FileList'
import { Filters } from './Filters'
import { Fold } from './Fold'
import classes from './Library.module.css'
import type { Dialogue } from './ListDialog'
import { ListTools } from './ListTools'
import { LookControl } from './LookControl'
import { Pager } from './Pager'
import { SearchBox } from './SearchBox'
import { SortControl } from './SortControl'
import { addUp } from './totals'

const ListDialog = lazy(() => import('./ListDialog'))

interface Props {
  view: View
  show: Show
  scanning: boolean
}

/** The comics: what narrows them, their list, and the details of one. */
export function Library({ view, show, scanning }: Props) {
  const files = useFiles(view, scanning)
  const libraries = useLibraries(scanning)
  const search = useRef<HTMLInputElement>(null)
  const [filters, setFilters] = useState(false)
  const [asked, ask] = useState<Dialogue | null>(null)
  useKeys({ search, view, show, pages: files.data?.total_pages ?? 1, onHelp: () => ask('keys') })

  return (
    <main className={classes.main} id="content">
      <search className={classes.tools}>
        <SearchBox ref={search} view={view} show={show} />
        <Fold view={view}>
          <Filters view={view} show={show} totals={addUp(libraries.data)} />
          <SortControl view={view} show={show} />
          <ListTools view={view} filters={filters} onFilters={() => setFilters(!filters)} onAsk={ask} />
          <LookControl view={view} show={show} />
          {filters && <Facets view={view} show={show} />}
        </Fold>
        <Chips view={view} show={show} libraries={libraries.data} />
      </search>
      <FileList view={view} show={show} files={files} scanning={scanning} libraries={libraries.data} />
      <div className={classes.foot}>
        <ActionBar view={view} total={files.data?.total_files ?? 0} />
        {files.data && files.data.total_files > 0 && view.look !== 'folders' && (
          <Pager view={view} show={show} list={files.data} />
        )}
      </div>
      <Details view={view} show={show} />
      <Suspense>
        {asked && <ListDialog about={asked} view={view} show={show} onClose={() => ask(null)} />}
      </Suspense>
    </main>
  )
}

import { useRef, useState } from 'react'

import { isScanning, useFiles, useLibraries, useScan } from '../api/queries'
import { messages } from '../messages'
import { useKeys } from '../useKeys'
import { useView } from '../useView'
import { Chips } from './Chips'
import { Details } from './Details'
import { FileList } from './FileList'
import { Filters } from './Filters'
import { Footer } from './Footer'
import { Header } from './Header'
import { Libraries } from './Libraries'
import classes from './Page.module.css'
import { Pager } from './Pager'
import { ScanStatus } from './ScanStatus'
import { SearchBox } from './SearchBox'
import { SortControl } from './SortControl'
import { addUp } from './totals'

export function Page() {
  const [view, show] = useView()
  const scan = useScan()
  const scanning = isScanning(scan.data)
  const files = useFiles(view, scanning)
  const libraries = useLibraries(scanning)
  const totals = addUp(libraries.data)
  const [managing, manage] = useState(false)
  const search = useRef<HTMLInputElement>(null)
  useKeys({ search, view, show, pages: files.data?.total_pages ?? 1, isCovered: managing })

  return (
    <>
      <a className={classes.skip} href="#list">
        {messages.skip}
      </a>
      <Header totals={totals} show={show} onLibraries={() => manage(true)}>
        <ScanStatus scan={scan.data} />
      </Header>
      <main className={classes.main}>
        <search className={classes.tools}>
          <SearchBox ref={search} view={view} show={show} />
          <Filters view={view} show={show} totals={totals} />
          <SortControl view={view} show={show} />
          <Chips view={view} show={show} libraries={libraries.data} />
        </search>
        <FileList view={view} show={show} files={files} scanning={scanning} libraries={libraries.data} />
        {files.data && files.data.total_files > 0 && <Pager view={view} show={show} list={files.data} />}
      </main>
      <Footer />
      <Libraries opened={managing} onClose={() => manage(false)} libraries={libraries.data ?? []} />
      <Details id={view.file} onClose={() => show({ file: null })} />
    </>
  )
}

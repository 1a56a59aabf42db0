import { isScanning, useLibraries, useScan } from '../api/queries'
import { messages } from '../messages'
import { useKeptTheme } from '../theme'
import { useFocusInSight } from '../useFocusInSight'
import { useView } from '../useView'
import { BatchPill } from './batches/BatchPill'
import { Desk } from './batches/Desk'
import { Footer } from './Footer'
import { Header } from './Header'
import { Library } from './Library'
import classes from './Page.module.css'
import { Place } from './Place'
import { PlaceRail } from './Places'
import { ScanStatus } from './ScanStatus'
import { addUp } from './totals'

export function Page() {
  const [view, show] = useView()
  useKeptTheme()
  useFocusInSight()
  const scan = useScan()
  const scanning = isScanning(scan.data)
  const libraries = useLibraries(scanning)

  return (
    <>
      <a className={classes.skip} href="#content">
        {messages.skip}
      </a>
      <Header totals={addUp(libraries.data)} place={view.place} show={show}>
        <BatchPill show={show} />
        <ScanStatus scan={scan.data} />
      </Header>
      <div className={classes.body}>
        <PlaceRail place={view.place} show={show} />
        <div className={classes.content}>
          {view.place === 'library' ? (
            <Library view={view} show={show} scanning={scanning} />
          ) : (
            <Place view={view} show={show} />
          )}
          <Footer />
        </div>
      </div>
      <Desk view={view} show={show} />
    </>
  )
}

import { type ComponentType, lazy, Suspense } from 'react'

import { messages } from '../messages'
import { NEEDED, type Place as Name } from '../places'
import { useMay } from '../roles'
import type { Show } from '../useView'
import type { View } from '../view'
import { Details } from './Details'
import { Loading } from './Loading'
import { Notice } from './Notice'
import classes from './Place.module.css'

export interface PlaceProps {
  view: View
  show: Show
}

type Loaded = Promise<{ default: ComponentType<PlaceProps> }>

/** What is loaded only when somebody goes there; the library itself is there from the start. */
const LAZY: Partial<Record<Name, ComponentType<PlaceProps>>> = {
  duplicates: lazy((): Loaded => import('./places/DuplicatesPlace')),
  broken: lazy((): Loaded => import('./places/BrokenPlace')),
  missing: lazy((): Loaded => import('./places/MissingPlace')),
  batches: lazy((): Loaded => import('./places/BatchesPlace')),
  history: lazy((): Loaded => import('./places/HistoryPlace')),
  scans: lazy((): Loaded => import('./places/ScansPlace')),
  statistics: lazy((): Loaded => import('./places/StatisticsPlace')),
  settings: lazy((): Loaded => import('./places/SettingsPlace')),
  users: lazy((): Loaded => import('./places/UsersPlace')),
  audit: lazy((): Loaded => import('./places/AuditPlace')),
  account: lazy((): Loaded => import('./places/AccountPlace')),
  logs: lazy((): Loaded => import('./places/LogsPlace')),
  about: lazy((): Loaded => import('./places/AboutPlace')),
  libraries: lazy((): Loaded => import('./places/LibrariesPlace')),
}

/** One of the other places, under its name. */
export function Place({ view, show }: PlaceProps) {
  const may = useMay(NEEDED[view.place] ?? 'viewer')
  const Content = LAZY[view.place]
  return (
    <main className={classes.main} id="content">
      <h2 className={classes.title}>{messages.places[view.place]}</h2>
      {may ? (
        <Suspense fallback={<Loading />}>{Content && <Content view={view} show={show} />}</Suspense>
      ) : (
        <Notice title={messages.session.notYours} hint={messages.session.notYoursHint} />
      )}
      {view.place !== 'history' && <Details view={view} show={show} />}
    </main>
  )
}

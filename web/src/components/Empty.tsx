import { Button } from '@mantine/core'
import { lazy, Suspense } from 'react'

import type { Library } from '../api/shapes'
import { messages } from '../messages'
import { useMay } from '../roles'
import type { Show } from '../useView'
import { EVERYTHING, isNarrowed, type View } from '../view'
import { Notice } from './Notice'

const FirstRun = lazy(() => import('./FirstRun'))

interface Props {
  view: View
  show: Show
  scanning: boolean
  libraries: Library[] | undefined
}

/** Why no comic is listed, and what to do about it. */
export function Empty({ view, show, scanning, libraries }: Props) {
  const may = useMay('admin')
  if (isNarrowed(view)) {
    return (
      <Notice title={messages.empty.noMatch} hint={messages.empty.noMatchHint}>
        <Button variant="default" onClick={() => show(EVERYTHING)}>
          {messages.filter.clear}
        </Button>
      </Notice>
    )
  }
  if (libraries?.length === 0) {
    if (!may) return <Notice title={messages.empty.noLibrary} hint={messages.empty.noLibraryHint} />
    return (
      <Suspense>
        <FirstRun show={show} />
      </Suspense>
    )
  }
  if (scanning) return <Notice title={messages.empty.scanning} hint={messages.empty.scanningHint} />
  const folder = libraries?.map((library) => library.root).join(', ') || messages.empty.aFolder
  return <Notice title={messages.empty.nothing(folder)} hint={messages.empty.nothingHint} />
}

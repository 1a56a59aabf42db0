import { lazy, Suspense } from 'react'

import type { Show } from '../../useView'
import type { View } from '../../view'
import { useAsked } from './asking'

const BatchDesk = lazy(() => import('./BatchDesk'))

/** The dialogs about batches, which are loaded when the first of them opens. */
export function Desk({ view, show }: { view: View; show: Show }) {
  const asked = useAsked()
  if (view.batch === null && asked === null) return null
  return (
    <Suspense fallback={null}>
      <BatchDesk view={view} show={show} />
    </Suspense>
  )
}

import type { Show } from '../../useView'
import type { View } from '../../view'
import { useAsked } from './asking'
import { BatchDialog } from './BatchDialog'
import { CopiesQuestion } from './CopiesQuestion'
import { DeleteQuestion } from './DeleteQuestion'
import { TagEditor } from './TagEditor'

/** What opens above any place for the sake of batches: one of them, or what is asked before one is made. */
export default function BatchDesk({ view, show }: { view: View; show: Show }) {
  const asked = useAsked()
  return (
    <>
      {asked?.about === 'tags' && <TagEditor selection={asked.selection} opened={view.batch === null} />}
      {asked?.about === 'copies' && <CopiesQuestion groups={asked.groups} />}
      {asked?.about === 'delete' && <DeleteQuestion selection={asked.selection} />}
      {view.batch !== null && <BatchDialog id={view.batch} show={show} />}
    </>
  )
}

import { useCallback } from 'react'

import { isPreview, useBatch, useDiscard } from '../../api/batches'
import type { Batch } from '../../api/shapes'
import { messages } from '../../messages'
import { useMay } from '../../roles'
import type { Show } from '../../useView'
import { Answer } from '../Answer'
import { Dialog } from './Dialog'
import { Preview } from './Preview'
import { Previewing } from './Previewing'
import { Running } from './Running'
import { Summary } from './Summary'

/** One batch, whatever it is at: looked at before, followed while it goes on, or looked back on. */
export function BatchDialog({ id, show }: { id: number; show: Show }) {
  const batch = useBatch(id)
  const { mutate: discard } = useDiscard()
  const may = useMay('editor')
  const leave = useCallback(() => show({ batch: null }), [show])
  const close = () => {
    if (may && batch.data && isPreview(batch.data)) discard(batch.data) // who closes it does not want it
    leave()
  }
  return (
    <Dialog title={batch.data?.title ?? messages.batch.loading} onClose={close}>
      <Answer query={batch}>
        {(known) => (
          <Content key={known.id} batch={known} show={show} onDiscard={close} onLeave={leave} />
        )}
      </Answer>
    </Dialog>
  )
}

interface ContentProps {
  batch: Batch
  show: Show
  onDiscard: () => void
  onLeave: () => void
}

function Content({ batch, show, onDiscard, onLeave }: ContentProps) {
  switch (batch.state) {
    case 'previewing':
      return <Previewing batch={batch} onDiscard={onDiscard} onLeave={onLeave} />
    case 'previewed':
      return <Preview batch={batch} onDiscard={onDiscard} />
    case 'running':
    case 'paused':
      return <Running batch={batch} onLeave={onLeave} />
    default:
      return <Summary batch={batch} show={show} />
  }
}

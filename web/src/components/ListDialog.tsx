import { messages } from '../messages'
import type { Show } from '../useView'
import type { View } from '../view'
import { Dialog } from './batches/Dialog'
import { ColumnChoice } from './ColumnChoice'
import { KeysHelp } from './KeysHelp'
import { SavedViews } from './SavedViews'

export type Dialogue = 'keys' | 'columns' | 'views'

interface Props {
  about: Dialogue
  view: View
  show: Show
  onClose: () => void
}

/** What is asked or told above the list. */
export default function ListDialog({ about, view, show, onClose }: Props) {
  return (
    <Dialog title={messages[about].title} onClose={onClose} narrow>
      {about === 'keys' && <KeysHelp />}
      {about === 'columns' && <ColumnChoice />}
      {about === 'views' && <SavedViews view={view} show={show} onClose={onClose} />}
    </Dialog>
  )
}

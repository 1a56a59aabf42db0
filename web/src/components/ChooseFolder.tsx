import { useQuery, useQueryClient } from '@tanstack/react-query'

import { idsOf } from '../api/queries'
import { messages } from '../messages'
import { choose, isChosen, useSelection } from '../selection'
import type { View } from '../view'
import { ProblemAlert } from './ProblemAlert'
import { Tick } from './Tick'

interface Props {
  view: View // of the folder
  name: string
  isOpen: boolean
}

/** A tick for all comics of a folder; which those are is asked for when it is unfolded or ticked. */
export function ChooseFolder({ view, name, isOpen }: Props) {
  const client = useQueryClient()
  const selection = useSelection()
  const ids = useQuery({ ...idsOf(view), enabled: isOpen })
  const chosen = ids.data?.filter((id) => isChosen(selection, id)).length ?? 0
  const unknown = 'all' in selection
  const state = !ids.data ? unknown : chosen === ids.data.length ? chosen > 0 : chosen > 0 ? 'some' : false
  const change = async () => choose(await client.fetchQuery(idsOf(view)), state !== true)
  if (ids.error) return <ProblemAlert error={ids.error} onRetry={() => void ids.refetch()} />
  return (
    <Tick
      label={messages.choosing.folder(name)}
      state={state}
      onClick={() => void change().catch(() => undefined)} // the query tells of its own error
    />
  )
}

import { useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense, useEffect } from 'react'

import { follow } from '../api/events'
import { useSession } from '../api/session'
import { RoleContext } from '../roles'
import { Page } from './Page'

const Entrance = lazy(() => import('./Entrance'))

/**
 * The page for whoever may come in, else the way in; what was open stays in the address.
 *
 * The page asks for its list while it is not yet known who asks, so that nobody waits for both.
 */
export function Door() {
  const client = useQueryClient()
  const session = useSession().data
  const isIn = session && session.role !== 'nobody'
  useEffect(() => {
    if (isIn) follow(client)
  }, [client, isIn])
  if (session?.role === 'nobody') {
    return (
      <Suspense>
        <Entrance session={session} />
      </Suspense>
    )
  }
  return (
    <RoleContext value={session?.role ?? 'admin'}>
      <Page />
    </RoleContext>
  )
}

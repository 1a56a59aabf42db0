import { Button } from '@mantine/core'
import type { ReactNode } from 'react'

import { messages } from '../messages'
import { Loading } from './Loading'
import { ProblemAlert } from './ProblemAlert'

/** What there is to know of a query, whatever page of the server it asks for. */
interface Asked<T> {
  data: T | undefined
  failureReason: Error | null // told while the query still tries again
  isPending: boolean
  refetch: () => unknown
}

interface Props<T> {
  query: Asked<T>
  children: (data: T) => ReactNode
}

/** A server's answer, grey bars until it is there, and the reason if it does not come. */
export function Answer<T>({ query, children }: Props<T>) {
  return (
    <>
      {query.failureReason && <ProblemAlert error={query.failureReason} onRetry={() => void query.refetch()} />}
      {query.data !== undefined && children(query.data)}
      {query.isPending && !query.failureReason && <Loading />}
    </>
  )
}

interface Paged {
  hasNextPage: boolean
  isFetchingNextPage: boolean
  fetchNextPage: () => unknown
}

/** A button for what follows, as long as anything does. */
export function More({ query }: { query: Paged }) {
  if (!query.hasNextPage) return null
  return (
    <Button
      variant="default"
      loading={query.isFetchingNextPage}
      onClick={() => void query.fetchNextPage()}
    >
      {messages.more}
    </Button>
  )
}

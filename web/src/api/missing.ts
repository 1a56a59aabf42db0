/** Comics whose files have gone. */

import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'

import { get, remove } from './request'
import type { Forgotten, MissingList } from './shapes'

export function useMissing() {
  return useInfiniteQuery({
    queryKey: ['files', 'missing'],
    queryFn: ({ signal, pageParam }) => get<MissingList>(`api/missing?after=${pageParam}`, signal),
    initialPageParam: 0,
    getNextPageParam: (page) => page.next,
    select: ({ pages }) => pages.flatMap((page) => page.files),
  })
}

/** Forget those that have been missing for so many days. */
export function useForget() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (days: number) =>
      remove<Forgotten>(`api/missing?older_than_days=${days}&confirm=true`),
    onSuccess: () => client.invalidateQueries(),
  })
}

/** Groups of comics that may be the same. */

import { useInfiniteQuery } from '@tanstack/react-query'

import type { By } from '../view'
import { get } from './request'
import type { DuplicateList } from './shapes'

/** The groups of one kind, some more with each page; what changes files asks for them anew. */
export function useDuplicates(by: By) {
  return useInfiniteQuery({
    queryKey: ['files', 'duplicates', by],
    queryFn: ({ signal, pageParam }) =>
      get<DuplicateList>(`api/duplicates?by=${by}&after=${encodeURIComponent(pageParam)}`, signal),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
    select: ({ pages }) => ({
      groups: pages.flatMap((page) => page.groups),
      total: pages[0]?.total_groups ?? 0,
      isExact: pages[0]?.total_is_exact ?? true,
    }),
  })
}

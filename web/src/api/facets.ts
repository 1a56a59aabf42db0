/** Which values the comics of a list have, and how many have each. */

import { keepPreviousData, useQuery } from '@tanstack/react-query'

import { listQuery, type View } from '../view'
import { get } from './request'
import type { FacetCounts } from './shapes'

export const FACETS_AT_MOST = 200 // values of each facet

/** Count the values of a view's list, whatever its order and page. */
export function useFacets(view: View) {
  const query = listQuery({ ...view, sort: 'name', direction: 'asc', page: 1, per_page: 100 })
  return useQuery({
    queryKey: ['files', 'facets', query],
    queryFn: ({ signal }) =>
      get<FacetCounts>(`api/facets${query ? `${query}&` : '?'}limit=${FACETS_AT_MOST}`, signal),
    placeholderData: keepPreviousData,
  })
}

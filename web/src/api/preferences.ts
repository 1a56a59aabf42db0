/** What the server keeps for whoever looks at the page, on whatever device. */

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'

import { get, post } from './request'
import { mayNow } from './session'

export interface Preferences {
  theme?: string | null
  perPage?: number
  [name: string]: unknown
}

const KEY = ['preferences']

export function usePreferences() {
  return useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => get<Preferences>('api/preferences', signal),
    staleTime: Infinity,
  })
}

/** Keep some preferences and leave the others; the page has them at once, and who may not, only here. */
export function useKeepPreferences() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: async (wanted: Preferences) =>
      mayNow(client, 'editor') ? post<unknown>('api/preferences', wanted) : null,
    onMutate: (wanted) => {
      client.setQueryData<Preferences>(KEY, (known) => ({ ...known, ...wanted }))
    },
    onError: () => client.invalidateQueries({ queryKey: KEY }),
  })
}

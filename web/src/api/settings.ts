/** What users change at run time, and what names would become of it. */

import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'

import { get, post } from './request'
import type { NamePreviews, Settings } from './shapes'

export function useSettings() {
  return useQuery({
    queryKey: ['settings'],
    queryFn: ({ signal }) => get<Settings>('api/settings', signal),
  })
}

export function useDefaultSettings() {
  return useQuery({
    queryKey: ['settings', 'defaults'],
    queryFn: ({ signal }) => get<Settings>('api/settings/defaults', signal),
    staleTime: Infinity,
  })
}

export function useChangeSettings() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (changes: Partial<Settings>) => post<Settings>('api/settings', changes, 'PATCH'),
    onSuccess: (settings) => client.setQueryData(['settings'], settings),
  })
}

export type Naming = Pick<
  Settings,
  'filename_format' | 'issue_number_padding' | 'extension_by_content' | 'convert'
>

/** What comics, perhaps of one format alone, would be called; the names before stay meanwhile. */
export function useNamePreview(naming: Naming, format = '') {
  const asked = { ...naming, ...(format && { format }) }
  const query = new URLSearchParams(Object.entries(asked).map(([name, value]) => [name, String(value)]))
  return useQuery({
    queryKey: ['files', 'names', String(query)], // what changes files asks for them anew
    queryFn: ({ signal }) => get<NamePreviews>(`api/settings/preview?${query}`, signal),
    select: (answer) => answer.files,
    placeholderData: keepPreviousData,
  })
}

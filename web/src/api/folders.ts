/** The folders of the machine that Longbox runs on. */

import { keepPreviousData, useQuery } from '@tanstack/react-query'

import { get, Problem } from './request'
import type { Level } from './shapes'

/** What lies in a folder; the one before stays while another is looked at. */
export function useLevel(path: string) {
  return useQuery({
    queryKey: ['places', path],
    queryFn: ({ signal }) => get<Level>(`api/places?path=${encodeURIComponent(path)}`, signal),
    placeholderData: keepPreviousData,
    retry: (failures, error) => failures < 2 && error instanceof Problem && error.passes,
  })
}

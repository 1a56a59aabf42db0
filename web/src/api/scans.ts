/** The scans: those that were, and those to be. */

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'

import { EVERY, isScanning, LAST_SCAN } from './queries'
import { get, post } from './request'
import type { QueuedScans, ScanList } from './shapes'

/** The newest scans, each second while one runs. */
export function useScans() {
  return useQuery({
    queryKey: ['scans'],
    queryFn: ({ signal }) => get<ScanList>('api/scans?limit=100', signal),
    select: (answer) => answer.scans,
    refetchInterval: ({ state }) =>
      state.data?.scans.some(isScanning) ? EVERY.progress : EVERY.idle,
  })
}

/** What to scan: all, a library, a folder or file in it; `again` reads what could not be read anew. */
export interface Wanted {
  library?: number
  folder?: string
  again?: boolean
}

export function useStartScan() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (wanted: Wanted) => post<QueuedScans>('api/scans', wanted),
    onSuccess: ({ scans }) => {
      client.setQueryData(LAST_SCAN, scans.at(-1) ?? null)
      void client.invalidateQueries({ queryKey: ['scans'] })
    },
  })
}

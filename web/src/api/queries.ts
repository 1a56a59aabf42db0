/** What the page asks the API, how often, and what it keeps meanwhile. */

import {
  keepPreviousData,
  QueryClient,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query'
import { useEffect } from 'react'

import { listQuery, type View } from '../view'
import { get, post, Problem, remove } from './request'
import type {
  FileDetails,
  FilePage,
  Library,
  LibraryChange,
  LibraryList,
  NewLibrary,
  QueuedScans,
  Scan,
  ScanList,
  Version,
} from './shapes'

/** Milliseconds between two looks at the server. */
const EVERY = { idle: 15_000, list: 2_000, progress: 1_000 }

/** A server on this machine answers without the internet, hence networkMode. */
export const queryClient = new QueryClient({
  defaultOptions: {
    mutations: { networkMode: 'always' },
    queries: {
      networkMode: 'always',
      retry: (failures, error) => failures < 4 && error instanceof Problem && error.passes,
      retryDelay: (failures) => Math.min(1_000 * 2 ** failures, 8_000),
    },
  },
})

/** List the files of a view; the page before stays while the next one loads. */
export function useFiles(view: View, scanning: boolean) {
  const query = listQuery(view)
  return useQuery({
    queryKey: ['files', query],
    queryFn: ({ signal }) => get<FilePage>(`api/files${query}`, signal),
    placeholderData: keepPreviousData,
    refetchInterval: scanning ? EVERY.list : EVERY.idle,
  })
}

export function useFile(id: number) {
  return useQuery({
    queryKey: ['files', 'one', id],
    queryFn: ({ signal }) => get<FileDetails>(`api/files/${id}`, signal),
  })
}

export function useLibraries(scanning: boolean) {
  return useQuery({
    queryKey: ['libraries'],
    queryFn: ({ signal }) => get<LibraryList>('api/libraries', signal),
    select: (answer) => answer.libraries,
    refetchInterval: scanning ? EVERY.list : EVERY.idle,
  })
}

/** Change the library of this number, or add one. */
export function useSaveLibrary(id: number | null) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (wanted: NewLibrary | LibraryChange) =>
      id === null
        ? post<Library>('api/libraries', wanted)
        : post<Library>(`api/libraries/${id}`, wanted, 'PATCH'),
    onSuccess: () => client.invalidateQueries(), // a scan may be asked for by it
  })
}

/** Forget a library, whose name says that it is meant. */
export function useRemoveLibrary({ id, name }: Library) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => remove(`api/libraries/${id}?confirm=${encodeURIComponent(name)}`),
    onSuccess: () => client.invalidateQueries(),
  })
}

export function isScanning(scan: Scan | null | undefined): boolean {
  return scan?.state === 'queued' || scan?.state === 'running'
}

/** Follow the last scan; when it ends, the list and the counts are asked for once more. */
export function useScan() {
  const client = useQueryClient()
  const query = useQuery({
    queryKey: ['scan'],
    queryFn: async ({ signal }) => {
      const { scans } = await get<ScanList>('api/scans?limit=1', signal)
      return scans[0] ?? null
    },
    refetchInterval: ({ state }) => (isScanning(state.data) ? EVERY.progress : EVERY.idle),
  })
  const ended = query.data?.finished_at
  useEffect(() => {
    if (!ended) return
    void client.invalidateQueries({ queryKey: ['files'] })
    void client.invalidateQueries({ queryKey: ['libraries'] })
  }, [client, ended])
  return query
}

/** Ask for a scan; the answer is shown before the next look at the server. */
export function useStartScan() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => post<QueuedScans>('api/scans', {}),
    onSuccess: ({ scans }) => client.setQueryData(['scan'], scans.at(-1) ?? null),
  })
}

export function useVersion() {
  return useQuery({
    queryKey: ['version'],
    queryFn: ({ signal }) => get<Version>('api/version', signal),
    staleTime: Infinity,
  })
}

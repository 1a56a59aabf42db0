/** What the page asks the API, how often, and what it keeps meanwhile. */

import {
  keepPreviousData,
  MutationCache,
  QueryCache,
  QueryClient,
  queryOptions,
  useMutation,
  useQueries,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query'

import { listQuery, type View } from '../view'
import { fileOf, listKey } from './patching'
import { get, getDated, post, Problem, remove } from './request'
import type {
  FileEntry,
  FilePage,
  Library,
  LibraryChange,
  LibraryList,
  NewLibrary,
  Scan,
  ScanList,
  Version,
} from './shapes'

/** Milliseconds between two looks at the server. */
export const EVERY = { idle: 15_000, list: 2_000, progress: 1_000 }

/** Where somebody has to log in, who asks is asked for anew: what comes of it is for `Door`. */
function noticeEnd(error: Error): void {
  if (error instanceof Problem && error.status === 401) {
    void queryClient.invalidateQueries({ queryKey: ['session'] })
  }
}

/** A server on this machine answers without the internet, hence networkMode. */
export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: noticeEnd }),
  mutationCache: new MutationCache({ onError: noticeEnd }),
  defaultOptions: {
    mutations: { networkMode: 'always' },
    queries: {
      networkMode: 'always',
      retry: (failures, error) => failures < 4 && error instanceof Problem && error.passes,
      retryDelay: (failures) => Math.min(1_000 * 2 ** failures, 8_000),
    },
  },
})

const FORGOTTEN = 5_000 // milliseconds after a page was last in sight: a long list is too long to keep
const FRESH = 1_000 // milliseconds in which what else shows a page asks for it no second time

function pageOf(view: View, scanning: boolean) {
  const query = listQuery(view)
  return queryOptions({
    queryKey: listKey(query),
    queryFn: ({ signal }) => get<FilePage>(`api/files${query}`, signal),
    gcTime: FORGOTTEN,
    staleTime: FRESH,
    refetchInterval: scanning ? EVERY.list : EVERY.idle,
  })
}

/** List the files of a view; the page before stays while the next one loads. */
export function useFiles(view: View, scanning: boolean) {
  return useQuery({ ...pageOf(view, scanning), placeholderData: keepPreviousData })
}

/** List the files of some pages of a view in a row, each undefined until it is there. */
export function usePages(view: View, first: number, last: number, scanning: boolean) {
  const numbers = Array.from({ length: last - first + 1 }, (_, index) => first + index)
  return useQueries({
    queries: numbers.map((page) => pageOf({ ...view, page }, scanning)),
    combine: filesOf,
  })
}

/** The numbers of all comics of a view's list, in its order. */
export function idsOf(view: View) {
  const query = listQuery({ ...view, page: 1, per_page: 100 })
  return queryOptions({
    queryKey: ['files', 'ids', query],
    queryFn: async ({ signal }) => {
      const address = `api/files${query ? `${query}&` : '?'}per_page=0&fields=id`
      const { files } = await get<{ files: Pick<FileEntry, 'id'>[] }>(address, signal)
      return files.map(({ id }) => id)
    },
  })
}

function filesOf(pages: { data: FilePage | undefined }[]): (FileEntry[] | undefined)[] {
  return pages.map(({ data }) => data?.files)
}

export function useFile(id: number) {
  return useQuery(fileOf(id))
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

export const LAST_SCAN = ['scan']

/** Follow the last scan; when it ends, the list and the counts are asked for once more. */
export function useScan() {
  const client = useQueryClient()
  return useQuery({
    queryKey: LAST_SCAN,
    queryFn: async ({ signal }) => {
      const [{ scans }, now] = await getDated<ScanList>('api/scans?limit=1', signal)
      const scan = scans[0] ?? null
      if (hasJustEnded(scan, client.getQueryData<Scan | null>(LAST_SCAN), now)) {
        void client.invalidateQueries({ queryKey: ['files'] })
        void client.invalidateQueries({ queryKey: ['libraries'] })
      }
      return scan
    },
    refetchInterval: ({ state }) => (isScanning(state.data) ? EVERY.progress : EVERY.idle),
  })
}

/** Whether a scan has ended since what was known before, or since the page was opened. */
function hasJustEnded(scan: Scan | null, known: Scan | null | undefined, now: Date): boolean {
  if (!scan?.finished_at) return false
  if (known !== undefined) return known?.finished_at !== scan.finished_at
  return now.getTime() - Date.parse(scan.finished_at) < performance.now()
}

export function useVersion() {
  return useQuery({
    queryKey: ['version'],
    queryFn: ({ signal }) => get<Version>('api/version', signal),
    staleTime: Infinity,
  })
}

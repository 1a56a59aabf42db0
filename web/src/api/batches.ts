/** Batches: what the page asks the API of them, and how it makes and changes them. */

import {
  keepPreviousData,
  type QueryClient,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query'

import { useView } from '../useView'
import { get, post, remove } from './request'
import type { Batch, BatchPage, HistoryPage, Item, ItemPage, NewBatch, Start } from './shapes'

/** The stream tells of changes at once; these milliseconds are for what it may have lost. */
const EVERY = { underWay: 5_000, idle: 30_000 }

const ENDED: ReadonlySet<Batch['state']> = new Set(['done', 'cancelled'])

/** Whether anything more is to come of a batch, be it by a worker or by somebody's word. */
export function isUnderWay({ state }: Pick<Batch, 'state'>): boolean {
  return !ENDED.has(state)
}

export function isPreview({ state }: Batch): boolean {
  return state === 'previewing' || state === 'previewed'
}

/** How many comics of a batch have had their turn. */
export function ended({ done, unchanged, skipped, failed }: Batch): number {
  return done + unchanged + skipped + failed
}

/** All batches, the newest first, a page at a time. */
export function useBatches() {
  return useInfiniteQuery({
    queryKey: ['batches', 'list'],
    queryFn: ({ signal, pageParam }) =>
      get<BatchPage>(`api/batches?limit=50${pageParam ? `&before=${pageParam}` : ''}`, signal),
    initialPageParam: 0,
    getNextPageParam: (page) => page.next,
    select: ({ pages }) => pages.flatMap((page) => page.batches),
    refetchInterval: EVERY.idle,
  })
}

/** The batches that are under way, whoever made them and wherever. */
export function useUnderWay(): Batch[] {
  const { data } = useQuery({
    queryKey: ['batches', 'newest'],
    queryFn: ({ signal }) => get<BatchPage>('api/batches?limit=50', signal),
    select: (page) => page.batches.filter(isUnderWay),
    refetchInterval: EVERY.idle,
  })
  return data ?? []
}

export function useBatch(id: number) {
  return useQuery({
    queryKey: ['batches', 'one', id],
    queryFn: ({ signal }) => get<Batch>(`api/batches/${id}`, signal),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state: { data } }) => (data && isUnderWay(data) ? EVERY.underWay : false),
  })
}

/** The comics of a batch that ended in this way; in no way in particular: all but the unchanged. */
export function useItems(batch: number, state: Item['state'] | null) {
  const query = state === null ? '' : `&state=${state}`
  return useInfiniteQuery({
    queryKey: ['batches', 'items', batch, state],
    queryFn: ({ signal, pageParam }) =>
      get<ItemPage>(`api/batches/${batch}/items?limit=100${query}${pageParam}`, signal),
    initialPageParam: '',
    getNextPageParam: ({ next }) => (next === null ? null : `&after=${next}`),
    select: ({ pages }) => pages.flatMap((page) => page.items),
  })
}

/** What was done to all comics, or to one: 50 entries a page, from behind an event on. */
export function useHistory(file: number | null) {
  const query = file === null ? '' : `&file=${file}`
  return useInfiniteQuery({
    queryKey: ['batches', 'history', file],
    queryFn: ({ signal, pageParam }) =>
      get<HistoryPage>(`api/processing-history?limit=50${query}${pageParam}`, signal),
    initialPageParam: '',
    getNextPageParam: ({ next }) => (next === null ? null : `&before=${next}`),
    select: ({ pages }) => ({
      entries: pages.flatMap((page) => page.history),
      total: pages.at(-1)?.total ?? 0,
    }),
  })
}

/** Put a batch, as an answer has just told it, where the page looks for it. */
function keep(client: QueryClient, batch: Batch): void {
  client.setQueryData(['batches', 'one', batch.id], batch)
  void client.invalidateQueries({ queryKey: ['batches'] })
}

/** Make a batch; one that marks has then ended, so that the list is another. */
export function useMakeBatch() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (wanted: NewBatch) => post<Batch>('api/batches', wanted),
    onSuccess: (batch) => {
      keep(client, batch)
      if (batch.state === 'done') void client.invalidateQueries({ queryKey: ['files'] })
    },
  })
}

/** Have it worked out what a batch would do, and open that. */
export function usePreview() {
  const make = useMakeBatch()
  const [, show] = useView()
  const mutate = (wanted: NewBatch, onMade?: () => void) =>
    make.mutate(
      { ...wanted, dry_run: true },
      {
        onSuccess: ({ id }) => {
          show({ batch: id })
          onMade?.()
        },
      },
    )
  return { ...make, mutate }
}

/** Forget a preview that nobody wants: it was nothing but a look, and is listed no more. */
export function useDiscard() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ key }: Batch) => remove(`api/jobs/${key}`),
    onSuccess: () => client.invalidateQueries({ queryKey: ['batches'] }),
  })
}

export type Verb = 'pause' | 'resume' | 'cancel' | 'retry'

export function useChangeBatch(id: number) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (verb: Verb) => post<Batch>(`api/batches/${id}/${verb}`, {}),
    onSuccess: (batch) => keep(client, batch),
  })
}

/** Do what a preview has shown, as far as it is ticked. */
export function useStartBatch(id: number) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (ticked: Start) => post<Batch>(`api/batches/${id}/start`, ticked),
    onSuccess: (batch) => keep(client, batch),
  })
}

/** Undo a batch, or what was last done to one comic; the answer is the batch that does it. */
export function useUndo(of: 'batches' | 'files', id: number) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => post<Batch>(`api/${of}/${id}/undo`, {}),
    onSuccess: (batch) => {
      keep(client, batch)
      void client.invalidateQueries({ queryKey: ['files'] })
    },
  })
}

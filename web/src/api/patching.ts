/** Lists while batches run: what changes changes where it stands, so that nothing moves under anybody's eyes. */

import { type QueryClient, queryOptions } from '@tanstack/react-query'

import { get } from './request'
import type { FileDetails, FileEntry, FilePage } from './shapes'

const MOST = 25 // comics of a page that are asked for one by one: those that are elsewhere by now

/** The key of what lists these comics: a query string, as the API has it. */
export function listKey(query: string) {
  return ['files', 'list', query] as const
}

export function fileOf(id: number) {
  return queryOptions({
    queryKey: ['files', 'one', id],
    queryFn: ({ signal }) => get<FileDetails>(`api/files/${id}`, signal),
  })
}

/** Bring these comics up to date in all that is shown, and leave each list in its order. */
export async function patch(client: QueryClient, changed: ReadonlySet<number>): Promise<void> {
  for (const id of changed) void client.invalidateQueries({ queryKey: fileOf(id).queryKey })
  const lists = client.getQueryCache().findAll({ queryKey: ['files', 'list'], type: 'active' })
  await Promise.all(lists.map(({ queryKey }) => patchList(client, queryKey[2] as string, changed)))
}

async function patchList(client: QueryClient, query: string, changed: ReadonlySet<number>): Promise<void> {
  const list = client.getQueryData<FilePage>(listKey(query))
  const wanted = list?.files.map(({ id }) => id).filter((id) => changed.has(id)) ?? []
  if (wanted.length === 0) return
  const fresh = await askFor(client, query, wanted)
  client.setQueryData<FilePage>(listKey(query), (known) => known && withFiles(known, fresh))
}

/** Ask for these comics of a page: once for all that it still has, and one by one for others. */
async function askFor(client: QueryClient, query: string, wanted: number[]): Promise<Map<number, FileEntry>> {
  const { files } = await client.fetchQuery({
    queryKey: ['patch', query],
    queryFn: ({ signal }) => get<FilePage>(`api/files${query}`, signal),
    gcTime: 0,
  })
  const found = new Map(files.map((file) => [file.id, file]))
  const elsewhere = wanted.filter((id) => !found.has(id)).slice(0, MOST)
  const told = await Promise.allSettled(
    elsewhere.map((id) => client.fetchQuery({ ...fileOf(id), gcTime: 0 })),
  )
  const others = told.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  return new Map([...found, ...others.map((file): [number, FileEntry] => [file.id, file])])
}

function withFiles(list: FilePage, fresh: Map<number, FileEntry>): FilePage {
  return { ...list, files: list.files.map((file) => fresh.get(file.id) ?? file) }
}

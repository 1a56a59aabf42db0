/** What happens to batches and comics, as it happens, for every part of the page. */

import type { QueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'

import { isUnderWay } from './batches'
import { elect } from './electing'
import { patch } from './patching'
import type { FileEvent, StreamEvent, Tell } from './stream'

const PAUSE = 1_000 // milliseconds: what happens meanwhile is told together

/** Of batches, what is asked of one alone: the third part of such a key is its number. */
const SINGLE: ReadonlySet<unknown> = new Set(['one', 'items'])

/** Whether a batch has ended: what is listed, and in which order, may be another from now on. */
function isEnd(event: StreamEvent): boolean {
  return event.type === 'job_updated' && !isUnderWay(event.data)
}

type FileListener = (events: FileEvent['data'][]) => void

const listeners = new Set<FileListener>()

/** Hear of comics whose turn in a batch has ended, at most once a second. */
export function useFileEvents(listener: FileListener): void {
  useEffect(() => {
    listeners.add(listener)
    return () => {
      listeners.delete(listener)
    }
  }, [listener])
}

let followed = false

/** Follow the server from now on, and have what has changed asked for anew. */
export function follow(client: QueryClient): void {
  if (followed) return
  followed = true
  let waiting: StreamEvent[] = []
  const flush = () => {
    const told = waiting
    waiting = []
    const files = told.filter((event) => event.type === 'file_processed').map(({ data }) => data)
    const batches = new Set(told.map(({ data }) => data.batch))
    const isTold = (key: readonly unknown[]) => !SINGLE.has(key[1]) || batches.has(key[2] as number)
    void client.invalidateQueries({
      predicate: ({ queryKey }) => queryKey[0] === 'batches' && isTold(queryKey),
    })
    if (told.some(isEnd)) void client.invalidateQueries({ queryKey: ['files'] })
    else void patch(client, new Set(files.map(({ file }) => file)))
    if (files.length === 0) return
    void client.invalidateQueries({ queryKey: ['libraries'] }) // they count what is marked
    for (const listener of listeners) listener(files)
  }
  connect((event) => {
    if (waiting.push(event) === 1) setTimeout(flush, PAUSE)
  })
}

/** Browsers allow a host few connections, and a stream takes one for good: all tabs share theirs. */
function connect(tell: Tell): void {
  const address = new URL('api/events/stream', document.baseURI).href
  if ('SharedWorker' in globalThis) share(address, tell)
  else elect(address, tell)
}

function share(address: string, tell: Tell): void {
  const { port } = new SharedWorker(new URL('./stream.worker.ts', import.meta.url), { type: 'module' })
  port.onmessage = ({ data }: MessageEvent<StreamEvent>) => tell(data)
  addEventListener('pageshow', () => port.postMessage(address)) // also when Back brings a page back
  addEventListener('pagehide', () => port.postMessage(null))
  port.postMessage(address)
}

/** The one stream of events that all tabs share, however each of them comes to it. */

import type { Batch, Item } from './shapes'

export interface FileEvent {
  type: 'file_processed'
  data: { file: number; batch: number; filename: string; success: boolean; error: string | null; state: Item['state'] }
}

export interface BatchEvent {
  type: 'job_updated'
  data: { batch: number; state: Batch['state'] }
}

export type StreamEvent = FileEvent | BatchEvent
export type Tell = (event: StreamEvent) => void

const PATIENCE = 3_000 // milliseconds before a stream that was refused is asked for again

/** Listen to the server until the answer is called; after a break the stream goes on behind `seen`. */
export function listen(
  address: string,
  tell: (event: StreamEvent, id: string) => void,
  seen = '',
): () => void {
  let source: EventSource
  let timer: ReturnType<typeof setTimeout>
  const open = () => {
    source = new EventSource(seen ? `${address}?last_event_id=${seen}` : address)
    source.onmessage = ({ data, lastEventId }: MessageEvent<string>) => {
      seen = lastEventId || seen
      tell(JSON.parse(data) as StreamEvent, seen)
    }
    source.onerror = () => {
      // Otherwise the browser comes back by itself.
      if (source.readyState === EventSource.CLOSED) timer = setTimeout(open, PATIENCE)
    }
  }
  open()
  return () => {
    clearTimeout(timer)
    source.close()
  }
}

/** Where tabs cannot share a worker, one of them holds the stream and tells the others what comes. */

import { listen, type StreamEvent, type Tell } from './stream'

/** Milliseconds: between two signs of life, until a tab takes the lack of one for death, and for a first answer. */
const BEAT = 1_000
const SILENCE = 3_000
const ANSWER = 150

type Message = { claim: number } | { asks: true } | { left: true } | { event: StreamEvent; id: string }

/**
 * Hear of all events, be it from the server or from another tab.
 *
 * Who claims the stream last has it, so that a tab which the browser has put to sleep loses it. What
 * happened between two holders is told to the second, which knows the last event that was heard of.
 */
export function elect(address: string, tell: Tell): void {
  const channel = new BroadcastChannel(address)
  const post = (message: Message) => channel.postMessage(message)
  let claim = 0 // when this tab took the stream; 0 while it has it not
  let seen = ''
  let stop = () => {}
  let timer: ReturnType<typeof setTimeout>

  const beat = () => {
    post({ claim })
    timer = setTimeout(beat, BEAT)
  }
  const take = () => {
    claim = Date.now() + Math.random()
    stop = listen(address, (event, id) => {
      hear(event, id)
      post({ event, id })
    }, seen)
    beat()
  }
  const leave = () => {
    clearTimeout(timer)
    stop()
    claim = 0
  }
  const wait = (patience: number) => {
    leave()
    timer = setTimeout(take, patience * (1 + Math.random())) // seldom two at once
  }
  const hear = (event: StreamEvent, id: string) => {
    if (id !== seen) tell(event)
    seen = id
  }
  channel.onmessage = ({ data }: MessageEvent<Message>) => {
    if ('event' in data) hear(data.event, data.id)
    else if ('left' in data && claim === 0) wait(ANSWER)
    else if ('claim' in data && data.claim > claim) wait(SILENCE)
    else if (claim > 0) post({ claim })
  }
  const begin = () => {
    post({ asks: true })
    wait(ANSWER)
  }
  addEventListener('pagehide', () => {
    if (claim > 0) post({ left: true })
    leave()
  })
  addEventListener('pageshow', ({ persisted }) => persisted && begin()) // Back brings a page back
  begin()
}

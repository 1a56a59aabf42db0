import { useMemo, useState } from 'react'

import type { Start } from '../../api/shapes'

export interface Ticks {
  has: (seq: number) => boolean
  all: boolean | 'some'
  number: number // how many are ticked
  toggle: (seq: number) => void
  toggleAll: () => void
  start: Start // what a request to start a preview says of them
}

/** A tick for each of so many changes, which are not all loaded: what differs from all, or from none, is kept. */
export function useTicks(changes: number): Ticks {
  const [base, setBase] = useState(true)
  const [others, setOthers] = useState<ReadonlySet<number>>(new Set())
  return useMemo(() => {
    const number = base ? changes - others.size : others.size
    const toggle = (seq: number) => {
      const next = new Set(others)
      if (!next.delete(seq)) next.add(seq)
      setOthers(next)
    }
    const toggleAll = () => {
      setBase(number < changes)
      setOthers(new Set())
    }
    return {
      has: (seq) => base !== others.has(seq),
      all: number === changes ? true : number > 0 ? 'some' : false,
      number,
      toggle,
      toggleAll,
      start: base ? { except: [...others] } : { only: [...others] },
    }
  }, [base, others, changes])
}

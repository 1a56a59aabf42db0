import { type RefObject, useEffect, useEffectEvent, useMemo, useRef } from 'react'

import { usePages } from './api/queries'
import type { FileEntry } from './api/shapes'
import { type Sight, useScrolled } from './useScrolled'
import type { Show } from './useView'
import type { View } from './view'

export interface Listing extends Sight {
  at: (item: number) => FileEntry | undefined // undefined while its page is on its way
  loaded: FileEntry[] // in the order of the list
}

interface Options {
  view: View
  show: Show
  count: number
  scanning: boolean
  list: RefObject<HTMLElement | null>
}

/** The part of a list that is in sight, from as few pages as hold it; the address says which is on top. */
export function useListing({ view, show, count, scanning, list }: Options): Listing {
  const { page, per_page: size } = view
  const shown = useRef(1) // the page that the address was last seen to say, or made to say
  const onSettle = (item: number) => {
    const top = Math.floor(item / size) + 1
    if (top === shown.current) return
    shown.current = top
    show({ page: top }, { replace: true })
  }
  const [sight, showItem] = useScrolled({ list, count, onSettle })
  const turn = useEffectEvent(() => {
    if (page !== shown.current) showItem((page - 1) * size)
    shown.current = page
  })
  useEffect(() => turn(), [page, size])

  const last = Math.max(Math.ceil(count / size), 1)
  const near = (item: number) => Math.min(Math.max(Math.floor(item / size) + 1, 1), last)
  const from = near(sight.first - size / 4)
  const pages = usePages(view, from, near(sight.last + size / 4), scanning)
  const loaded = useMemo(() => pages.flatMap((files) => files ?? []), [pages])
  const at = (item: number) => pages[Math.floor(item / size) + 1 - from]?.[item % size]
  return { ...sight, at, loaded }
}

import { type RefObject, useCallback, useEffect, useEffectEvent, useLayoutEffect, useRef, useState } from 'react'
import { flushSync } from 'react-dom'

import { heightOf, toListed, toScrolled } from './scaling'

const SETTLED = 150 // milliseconds without a move

/** A part of a list: from the first item to before the last, and the pixels above it. */
export interface Sight {
  first: number
  last: number
  above: number
  height: number // pixels that the whole list takes
}

interface Options {
  list: RefObject<HTMLElement | null>
  count: number // of items
  onSettle: (item: number) => void // is told the last on the top line after the user has scrolled
}

const GUESS = { columns: 1, line: 56 }
const NONE = { from: 0, to: 0, shift: 0 }

/**
 * Tell which items of a list are in sight, give or take half a window, and how to have one in sight.
 *
 * All items (`data-item`) are of one height, so where each is can be reckoned, and none but those is
 * drawn. Steps go as far in a list as the wheel says; only leaps are scaled as `scaling` says.
 */
export function useScrolled({ list, count, onSettle }: Options): [Sight, (item: number) => void] {
  const [{ columns, line }, setMeasured] = useState(GUESS)
  const [seen, setSeen] = useState(NONE)
  // The item on top, and the scrollY of one that was shown: not a number once the user has moved on.
  const place = useRef({ scrolled: 0, shift: 0, item: 0, shown: Number.NaN })
  const lines = Math.ceil(count / columns)
  const whole = lines * line

  const draw = useCallback(() => {
    const { scrolled, shift } = place.current
    const within = (at: number) => Math.min(Math.max(Math.floor(at / line), 0), lines)
    const from = within(scrolled + shift - innerHeight / 2)
    const to = within(scrolled + shift + innerHeight * 1.5 + line)
    setSeen((old) => (old.from === from && old.to === to && old.shift === shift ? old : { from, to, shift }))
  }, [line, lines])

  const follow = useCallback(() => {
    const now = place.current
    const scrolled = -(list.current?.getBoundingClientRect().top ?? 0)
    const leaps = Math.abs(scrolled - now.scrolled) > 2 * innerHeight
    if (leaps) now.shift = toListed(scrolled, whole) - scrolled
    now.scrolled = scrolled
    draw()
  }, [draw, list, whole])

  const put = useCallback(
    (listed: number) => {
      const now = place.current
      const wanted = toScrolled(listed, whole)
      const scrolled = -(list.current?.getBoundingClientRect().top ?? 0)
      now.scrolled = wanted
      now.shift = listed - wanted
      scrollBy({ top: wanted - scrolled, behavior: 'instant' })
      draw()
    },
    [draw, list, whole],
  )

  const show = useCallback(
    (item: number) => {
      if (item === 0) scrollTo({ top: 0, behavior: 'instant' })
      else put(Math.floor(item / columns) * line)
      place.current.item = item
      place.current.shown = scrollY
    },
    [put, columns, line],
  )

  const note = useEffectEvent(() => {
    const now = place.current
    if (Math.abs(scrollY - now.shown) < 2) return
    now.shown = Number.NaN
    now.item = Math.max(Math.round((now.scrolled + now.shift) / line), 0) * columns
  })

  const settle = useEffectEvent(() => {
    const { scrolled, shift, shown, item } = place.current
    if (!Number.isNaN(shown)) return
    if (toScrolled(scrolled + shift, whole) !== scrolled) put(scrolled + shift)
    onSettle(Math.min(item + columns, count) - 1)
  })

  const measure = useEffectEvent(() => {
    const found = list.current && measureIn(list.current)
    if (!found || (found.columns === columns && found.line === line)) return
    flushSync(() => setMeasured(found)) // before the browser tells of moves that no user has made
  })

  useLayoutEffect(() => {
    const now = place.current
    now.shift = toListed(now.scrolled, whole) - now.scrolled
    follow()
  }, [follow, whole])

  const stay = useEffectEvent(() => {
    if (place.current.item > 0) show(place.current.item)
  })
  useLayoutEffect(() => stay(), [columns, line])

  useEffect(() => {
    const element = list.current
    if (!element) return
    const resized = new ResizeObserver(() => measure())
    resized.observe(element)
    return () => resized.disconnect()
  }, [list])

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>
    const listen = () => {
      follow()
      note()
      clearTimeout(timer)
      timer = setTimeout(() => settle(), SETTLED)
    }
    addEventListener('scroll', listen, { passive: true })
    addEventListener('resize', follow) // where the user is stays: lines of another height follow
    return () => {
      clearTimeout(timer)
      removeEventListener('scroll', listen)
      removeEventListener('resize', follow)
    }
  }, [follow])

  const sight = {
    first: Math.min(seen.from * columns, count),
    last: Math.min(seen.to * columns, count),
    above: seen.from * line - seen.shift,
    height: heightOf(whole),
  }
  return [sight, show]
}

/** Read the height of a line off the first item that is drawn, and the columns off its grid. */
function measureIn(list: HTMLElement): typeof GUESS | null {
  const item = list.querySelector<HTMLElement>('[data-item]')
  if (!item?.parentElement) return null
  const { display, gridTemplateColumns, rowGap } = getComputedStyle(item.parentElement)
  const gap = Number.parseFloat(rowGap) || 0
  return {
    columns: display === 'grid' ? gridTemplateColumns.split(' ').length : 1,
    line: item.getBoundingClientRect().height + gap,
  }
}

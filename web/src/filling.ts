/** Values that a plot has no bars for, so that its axis is even. */

import type { Share } from './api/shapes'

const MOST = 400 // bars: with more between the first and the last, gaps stay gaps

/** Months such as 2026-03, with those between in which none came. */
export function fillMonths(shares: Share[]): Share[] {
  return fill(shares, countMonths, (at) => {
    const year = String(Math.floor(at / 12)).padStart(4, '0')
    return `${year}-${String((at % 12) + 1).padStart(2, '0')}`
  })
}

/** Years, with those between of which there is none. */
export function fillYears(shares: Share[]): Share[] {
  return fill(shares, Number, String)
}

function countMonths(month: string): number {
  return Number(month.slice(0, -3)) * 12 + Number(month.slice(-2)) - 1
}

function fill(shares: Share[], read: (value: string) => number, write: (at: number) => string): Share[] {
  const known = new Map(shares.map(({ value, files }) => [read(value), files]))
  const first = Math.min(...known.keys())
  const length = Math.max(...known.keys()) - first + 1
  if (known.size === 0 || length > MOST) return shares
  return Array.from({ length }, (_, step) => ({
    value: write(first + step),
    files: known.get(first + step) ?? 0,
  }))
}

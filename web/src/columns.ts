/** The columns of the table, and which of them are shown: a preference, kept by the server. */

import { usePreferences } from './api/preferences'

/** Each with its width beside the name; phones and narrow windows put the folder below that. */
const WIDTHS = {
  series: 'minmax(7rem, 1fr)',
  number: '4rem',
  publisher: 'minmax(6rem, 0.7fr)',
  year: '4rem',
  folder: 'minmax(8rem, 1.3fr)',
  size: '5.25rem',
  date: '7rem',
  pages: '4.25rem',
  format: '5rem',
  status: '8rem',
}

export type Column = keyof typeof WIDTHS

export const COLUMNS = Object.keys(WIDTHS) as Column[]

const USUAL: Column[] = ['folder', 'size', 'date', 'pages', 'format', 'status']

/** The columns that somebody chose to see, in their order. */
export function useColumns(): Column[] {
  const kept = usePreferences().data?.columns
  return Array.isArray(kept) ? pick(kept) : USUAL
}

function pick(kept: unknown[]): Column[] {
  return COLUMNS.filter((column) => kept.includes(column))
}

/** The tracks of a grid behind the name's. */
export function tracks(columns: Column[]): string {
  return columns.map((column) => WIDTHS[column]).join(' ')
}

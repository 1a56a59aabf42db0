/** What the page shows, as its address says it: the same names as in the API's query string. */

import type { Format } from './api/shapes'

export const FILTERS = ['all', 'unmarked', 'marked', 'duplicates'] as const
export const SORTS = ['name', 'date', 'size'] as const
export const DIRECTIONS = ['asc', 'desc'] as const
export const FORMATS = ['cbz', 'cbr', 'cb7', 'cbt'] as const satisfies readonly Format[]
export const PER_PAGE = [25, 50, 100, 200, 500] as const

export type Filter = (typeof FILTERS)[number]
export type Sort = (typeof SORTS)[number]
export type Direction = (typeof DIRECTIONS)[number]

export interface View {
  search: string
  filter: Filter
  sort: Sort
  direction: Direction
  page: number
  per_page: number
  library: number | null
  series: string | null
  publisher: string | null
  year: number | null
  format: Format | null
  folder: string | null
  fault: boolean
  missing: boolean
  file: number | null // whose details are open
}

export const DEFAULTS: View = {
  search: '',
  filter: 'all',
  sort: 'name',
  direction: 'asc',
  page: 1,
  per_page: 100,
  library: null,
  series: null,
  publisher: null,
  year: null,
  format: null,
  folder: null,
  fault: false,
  missing: false,
  file: null,
}

/** All that narrows the list, set back to nothing. */
export const EVERYTHING: Partial<View> = {
  search: '',
  filter: 'all',
  library: null,
  series: null,
  publisher: null,
  year: null,
  format: null,
  folder: null,
  fault: false,
  missing: false,
}

type Readers = { [Key in keyof View]: (written: string) => View[Key] | undefined }

/** How each value is read; undefined stands for words that mean nothing here. */
const READERS: Readers = {
  search: readText,
  filter: (written) => FILTERS.find((known) => known === written),
  sort: (written) => SORTS.find((known) => known === written),
  direction: (written) => DIRECTIONS.find((known) => known === written),
  page: readNumber,
  per_page: (written) => PER_PAGE.find((known) => String(known) === written),
  library: readNumber,
  series: readText,
  publisher: readText,
  year: readNumber,
  format: (written) => FORMATS.find((known) => known === written),
  folder: readText,
  fault: (written) => written === 'true',
  missing: (written) => written === 'true',
  file: readNumber,
}

const KEYS = Object.keys(DEFAULTS) as (keyof View)[]

function readText(written: string): string | undefined {
  return written || undefined
}

function readNumber(written: string): number | undefined {
  return /^[1-9]\d{0,14}$/.test(written) ? Number(written) : undefined
}

/** Read a view from a query string; what is unknown or wrong there is the default. */
export function readView(query: string): View {
  const params = new URLSearchParams(query)
  const read = (key: keyof View) => {
    const written = params.get(key)
    return [key, (written === null ? undefined : READERS[key](written)) ?? DEFAULTS[key]]
  }
  return Object.fromEntries(KEYS.map(read)) as View
}

/** Write a view as a query string, with its question mark; defaults stay unsaid. */
export function writeView(view: View): string {
  const params = new URLSearchParams()
  for (const key of KEYS) {
    if (view[key] !== DEFAULTS[key]) params.set(key, String(view[key]))
  }
  return params.size ? `?${params}` : ''
}

/** The query string that asks the API for this view's list. */
export function listQuery(view: View): string {
  return writeView({ ...view, file: null })
}

export function isNarrowed(view: View): boolean {
  return (Object.keys(EVERYTHING) as (keyof View)[]).some((key) => view[key] !== DEFAULTS[key])
}

/** Apply a change; whatever else is listed is listed from its first page. */
export function change(view: View, wanted: Partial<View>): View {
  const samePages = Object.keys(wanted).every((key) => key === 'file')
  return { ...view, ...(samePages ? {} : { page: 1 }), ...wanted }
}

/** Numbers as people read them. */

const LANGUAGE = 'en'

const whole = new Intl.NumberFormat(LANGUAGE)
const short = new Intl.NumberFormat(LANGUAGE, { maximumSignificantDigits: 3 })
const moment = new Intl.DateTimeFormat(LANGUAGE, { dateStyle: 'medium', timeStyle: 'short' })
const relative = new Intl.RelativeTimeFormat(LANGUAGE, { numeric: 'auto' })

const SIZES = ['B', 'kB', 'MB', 'GB', 'TB']

/** Seconds in each unit, the longest first. */
const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_556_952],
  ['month', 2_629_746],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
]

export function count(value: number): string {
  return whole.format(value)
}

/** Bytes with three digits: 48.2 MB. */
export function size(bytes: number): string {
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), SIZES.length - 1)
  const value = bytes / 1000 ** power
  return `${value < 1000 ? short.format(value) : count(Math.round(value))} ${SIZES[power]}`
}

/** Seconds since 1970 as a date and a time. */
export function date(seconds: number): string {
  return moment.format(seconds * 1000)
}

/** Seconds since 1970 as the time that has passed: 5 minutes ago. */
export function ago(seconds: number): string {
  const passed = seconds - Date.now() / 1000
  const [unit, length] = UNITS.find(([, length]) => Math.abs(passed) >= length) ?? ['minute', 60]
  return relative.format(Math.trunc(passed / length), unit)
}

/** Seconds since 1970 as a length of time until now: 3 weeks. */
export function since(seconds: number): string {
  return lasted(Date.now() / 1000 - seconds)
}

/** Seconds as people say a length of time, in its largest unit: 3 weeks. */
export function lasted(seconds: number): string {
  const [unit, length] = UNITS.find(([, length]) => seconds >= length) ?? ['second', 1]
  const spoken = { style: 'unit', unit, unitDisplay: 'long', maximumFractionDigits: 0 } as const
  return new Intl.NumberFormat(LANGUAGE, spoken).format(seconds / length)
}

/** An ISO 8601 time as seconds since 1970. */
export function seconds(iso: string): number {
  return Date.parse(iso) / 1000
}

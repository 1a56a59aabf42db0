/** The places of the page: what the navigation lists, as `place` in the address names it. */

import {
  IconAlertTriangle,
  IconBooks,
  IconChartBar,
  IconCopy,
  IconFileOff,
  IconFolders,
  IconHistory,
  IconInfoCircle,
  IconListCheck,
  IconRefresh,
  IconSettings,
  IconTerminal2,
  type Icon,
} from '@tabler/icons-react'

export const PLACES = [
  'library',
  'duplicates',
  'broken',
  'missing',
  'batches',
  'history',
  'scans',
  'libraries',
  'statistics',
  'settings',
  'logs',
  'about',
] as const

export type Place = (typeof PLACES)[number]

export const ICONS: Record<Place, Icon> = {
  library: IconBooks,
  duplicates: IconCopy,
  broken: IconAlertTriangle,
  missing: IconFileOff,
  batches: IconListCheck,
  history: IconHistory,
  scans: IconRefresh,
  libraries: IconFolders,
  statistics: IconChartBar,
  settings: IconSettings,
  logs: IconTerminal2,
  about: IconInfoCircle,
}

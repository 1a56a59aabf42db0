/** The places of the page, as `place` in the address names them, and who may go there. */

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
  IconShieldCheck,
  IconTerminal2,
  IconUserCircle,
  IconUsers,
  type Icon,
} from '@tabler/icons-react'

import type { Role } from './roles'

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
  'users',
  'audit',
  'logs',
  'about',
  'account',
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
  users: IconUsers,
  audit: IconShieldCheck,
  logs: IconTerminal2,
  about: IconInfoCircle,
  account: IconUserCircle,
}

/** The role that a place takes; all others are for everybody who may look at comics. */
export const NEEDED: Partial<Record<Place, Role>> = {
  libraries: 'admin',
  settings: 'admin',
  users: 'admin',
  audit: 'admin',
  logs: 'admin',
}

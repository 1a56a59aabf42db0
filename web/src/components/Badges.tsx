import { IconAlertTriangle, IconCheck, IconCopy, IconGhost2, type TablerIcon } from '@tabler/icons-react'

import type { FileEntry, Format } from '../api/shapes'
import { messages } from '../messages'
import classes from './Badges.module.css'

type Status = keyof typeof messages.status

const ICONS: Record<Status, TablerIcon> = {
  processed: IconCheck,
  duplicate: IconCopy,
  fault: IconAlertTriangle,
  missing: IconGhost2,
}

/** What is to be said of a comic beside its name. */
export function Badges({ file }: { file: FileEntry }) {
  return (
    <span className={classes.badges}>
      {file.processed && <Badge status="processed" />}
      {file.duplicate && <Badge status="duplicate" />}
      {file.fault && <Badge status="fault" />}
      {file.missing && <Badge status="missing" />}
    </span>
  )
}

export function FormatBadge({ format }: { format: Format }) {
  return <span className={classes.format}>{format}</span>
}

function Badge({ status }: { status: Status }) {
  const Icon = ICONS[status]
  return (
    <span className={classes.badge} data-status={status}>
      <Icon size={14} stroke={2} aria-hidden="true" />
      {messages.status[status]}
    </span>
  )
}

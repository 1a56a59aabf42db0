import { SegmentedControl, VisuallyHidden } from '@mantine/core'
import { IconFolders, IconLayoutGrid, IconList } from '@tabler/icons-react'

import { messages } from '../messages'
import type { Show } from '../useView'
import { type Look, LOOKS, type View } from '../view'
import classes from './LookControl.module.css'

const ICONS = { table: IconList, covers: IconLayoutGrid, folders: IconFolders }

/** Whether the list is a table, covers or folders. */
export function LookControl({ view, show }: { view: View; show: Show }) {
  return (
    <SegmentedControl<Look>
      className={classes.looks ?? ''}
      classNames={{ indicator: classes.picked ?? '', label: classes.look ?? '' }}
      aria-label={messages.look.label}
      value={view.look}
      onChange={(look) => show({ look })}
      transitionDuration={120}
      data={LOOKS.map((look) => ({ value: look, label: <LookLabel look={look} /> }))}
    />
  )
}

function LookLabel({ look }: { look: Look }) {
  const Icon = ICONS[look]
  return (
    <span className={classes.icon} title={messages.look[look]}>
      <Icon size={18} stroke={1.8} aria-hidden="true" />
      <VisuallyHidden>{messages.look[look]}</VisuallyHidden>
    </span>
  )
}
